import { isSipsUri, type IncomingRequest } from '@carillon/sip-stack';
import { NOT_REGISTERED, TOO_MANY_CALLS } from '../call/call-failure.js';
import type { CallParts } from '../call/call-parts.js';
import { LIMITS } from '../limits.js';
import { readGruu } from '../registrar/gruu.js';
import { reachUser } from '../roles/reach-user.js';
import type { Directory } from '../routing/directory.js';
import { isInstance } from '../routing/is-instance.js';
import { routeDialled, type RouteStep } from '../routing/route-call.js';
import { routeGruu } from '../routing/route-gruu.js';
import type { Authenticate, Refusal } from './authenticate.js';
import type { Caller } from './caller.js';
import { userOf } from './caller-domain.js';
import { dialledNumber } from './dialled-number.js';

export interface OptionsParts {
  readonly authenticate: Authenticate;
  readonly call: Pick<CallParts, 'userAgent' | 'registrar' | 'calls' | 'trunks'>;
}

/**
 * OPTIONS outside a dialog. Who asks for somebody of their organisation hears what a call would (RFC 3261 §11.2), and is asked
 * for a password as for a call. Everybody else hears what the server can do, and nothing of who is here: pings of trunks,
 * strangers, and phones that keep their way open by asking for themselves.
 */
export function receiveOptions(parts: OptionsParts, incoming: IncomingRequest): void | Promise<void> {
  const { request, source } = incoming;
  const user = userOf(request.uriText);
  const isPing = user === undefined || user === userOf(request.from?.uri);
  if (isPing || parts.call.trunks.isPeer(source.address)) {
    incoming.reply(200, { once: true });
    return undefined;
  }
  const directory = parts.authenticate.directoryOf(request);
  if (directory instanceof Promise) return directory.then((late) => answer(parts, incoming, late));
  return answer(parts, incoming, directory);
}

async function answer(
  { authenticate, call }: OptionsParts,
  incoming: IncomingRequest,
  directory: Directory | undefined,
): Promise<void> {
  const { request } = incoming;
  if (directory === undefined || !authenticate.isOwnHost(directory, request.uriText)) {
    incoming.reply(200, { once: true });
    return;
  }
  const authentication = await authenticate.check(incoming);
  if (!authentication.ok) {
    incoming.reply(authentication.status, authentication.options);
    return;
  }
  const refusal = refusalOf(call, authentication.caller, request);
  incoming.reply(refusal?.status ?? 200, { ...refusal?.options, once: true });
}

/** Undefined where a call would be taken by something: a phone that is there, a mailbox, a menu, a room, a trunk. */
function refusalOf(
  call: OptionsParts['call'],
  { directory, user }: Pick<Caller, 'directory' | 'user'>,
  request: IncomingRequest['request'],
): Refusal | undefined {
  const { uriText } = request;
  const gruu = readGruu(uriText, directory.gruuSeal);
  const number = dialledNumber(request) ?? '';
  const route =
    gruu === undefined
      ? routeDialled(directory, number, { callerUserId: user.userId, payerUserId: user.userId })
      : routeGruu(directory, call.registrar, gruu);
  if (route === undefined || route.steps.length === 0) return { status: 404 };
  const found = route.steps.map((step) => (step.kind === 'ring' ? readiness(call, step, isSipsUri(uriText)) : 'ready'));
  if (found.includes('ready')) return undefined;
  const { sipStatus: status, reason } = found.includes('busy') ? TOO_MANY_CALLS : NOT_REGISTERED;
  return { status, options: { reason } };
}

function readiness(
  { userAgent, registrar, calls }: OptionsParts['call'],
  { userIds, only }: Extract<RouteStep, { kind: 'ring' }>,
  isSecure: boolean,
): 'ready' | 'busy' | 'away' {
  const there = userIds.filter((userId) => {
    const bindings = registrar.ofUser(userId).filter((binding) => only === undefined || isInstance(binding, only));
    return reachUser(userAgent, bindings, isSecure).length > 0;
  });
  if (there.some((userId) => calls.countOfUser(userId) < LIMITS.callsPerUser)) return 'ready';
  return there.length > 0 ? 'busy' : 'away';
}
