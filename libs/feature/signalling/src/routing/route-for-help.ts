import { EMERGENCY_NUMBERS, isEmergencyNumber } from '@carillon/domain';
import { dialledBy, type NumberRule } from '../trunks/number-rules.js';
import type { Trunk } from '../trunks/trunk.js';
import type { Directory } from './directory.js';
import { routeNumber, type Dialling, type Route, type TrunkWay } from './route-call.js';

/**
 * Where a call leads that asks for an emergency service by its name (RFC 5031): over every trunk that takes an emergency number, to
 * that number. Whatever the service: whose number is which differs from country to country, and who answers the general one finds
 * the right one. An extension that happens to have such a number is somebody's phone, and the last way. Pure.
 */
export function routeForHelp(directory: Directory, { callerUserId, payerUserId }: Dialling): Route {
  const ways = payerUserId === null ? [] : directory.trunks.flatMap(wayForHelp);
  const [first] = ways;
  if (first !== undefined)
    return {
      target: { kind: 'external', number: first.number, name: null, userId: null },
      steps: [{ kind: 'trunk', ways }],
    };
  const inside = EMERGENCY_NUMBERS.map((number) => routeNumber(directory, number, callerUserId));
  return inside.find(({ steps }) => steps.length > 0) ?? routeNumber(directory, GENERAL, callerUserId);
}

/** What most of the world dials. */
const GENERAL = '112';

/** A number that its rules name says more of the country than one that any of them lets out. */
function wayForHelp({ trunkId, outbound }: Pick<Trunk, 'trunkId' | 'outbound'>): TrunkWay[] {
  const named = EMERGENCY_NUMBERS.filter((number) => outbound.some(({ pattern }) => pattern === number));
  for (const wanted of [...named, ...EMERGENCY_NUMBERS]) {
    const number = ['', ...prefixes(outbound)]
      .map((prefix) => dialledBy(outbound, `${prefix}${wanted}`))
      .find((dialled) => dialled !== undefined && isEmergencyNumber(dialled));
    if (number !== undefined) return [{ trunkId, number }];
  }
  return [];
}

/** What has to be dialled for an outside line, and is taken off again. */
function prefixes(outbound: readonly NumberRule[]): string[] {
  return [...new Set(outbound.map(({ pattern, strip }) => pattern.slice(0, strip)))].filter((digits) =>
    /^[\d*#+]+$/.test(digits),
  );
}
