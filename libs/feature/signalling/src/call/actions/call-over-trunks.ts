import type { Party } from '@carillon/contracts';
import { remarks } from '../../ladder/remarks.js';
import { LIMITS } from '../../limits.js';
import type { TrunkWay } from '../../routing/route-call.js';
import { keepProtected, type ProtectedLine } from '../../trunks/keep-protected.js';
import { leadsOn } from '../../trunks/leads-on.js';
import type { Trunk } from '../../trunks/trunk.js';
import type { Attempt } from '../attempt.js';
import { sipsNotAllowed, type CallFailure } from '../call-failure.js';
import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { callsForHelp } from '../calls-for-help.js';
import type { PlaceTold } from '../headers/conveyed-location.js';
import { placesOfCaller } from '../headers/leg-headers.js';
import type { Presented } from '../identity/present-party.js';
import { Fork, type ForkResult } from './fork.js';

/** A called party outside may ring for this long: their own network gives up before. */
const RING_SECONDS = 180;
/** A provider that says nothing within this is passed over; Timer B would keep the caller waiting for 32 s. */
const FIRST_ANSWER_SECONDS = 5;
/** What these say is about the trunk, not about the called party: no answer for a caller (RFC 3261 §21.5, RFC 3263 §4.3). */
const OF_THE_TRUNK: ReadonlySet<number> = new Set([
  ...[401, 402, 403, 407, 408, 420, 421, 430, 439, 482, 483, 494],
  ...[500, 501, 502, 503, 504, 505, 513, 580],
]);

const LINES_BUSY: CallFailure = { kind: 'unreachable', sipStatus: 503, reason: 'All lines are busy' };

export interface TrunkCall {
  readonly ways: readonly TrunkWay[];
  readonly shown: Presented;
  readonly attempt: Attempt;
}

/**
 * Calls a number outside over the first trunk that takes it. Trunks that did not answer lately are tried last, and behind those, for
 * a call for help, the ones that have no room; whichever is tried, a call that belongs on one with SRTP alone stays protected.
 */
export async function callOverTrunks(
  parts: CallParts,
  call: Call,
  { ways, shown, attempt }: TrunkCall,
): Promise<ForkResult> {
  const { directories } = parts;
  const directory = directories.current(call.organisationId) ?? (await directories.of(call.organisationId));
  const numbers = new Map(ways.map(({ trunkId, number }) => [trunkId, number]));
  const trunks = ways.flatMap((way) => directory?.trunks.find(({ trunkId }) => trunkId === way.trunkId) ?? []);
  const lines = keepProtected(trunks);
  const up = lines.filter(({ trunk }) => !parts.trunks.isDown(trunk));
  const down = lines.filter(({ trunk }) => parts.trunks.isDown(trunk));
  const failures: CallFailure[] = [];
  const unheard: Line[] = [];
  const queue: Queued[] = [...up, ...down];
  for (const line of queue) {
    if (attempt.givenUp) return { kind: 'given-up' };
    const { trunk } = line;
    const number = numbers.get(trunk.trunkId) ?? '';
    if (line.beyond === undefined) noteProtection(parts, call, line);
    if (line.use.kind === 'passed-over') continue;
    // Help comes first: a call for it goes out over whatever there is.
    const isForHelp = callsForHelp(call, number);
    if (call.secure && trunk.transport !== 'tls' && !isForHelp) {
      parts.ladders.note(call, remarks.trunkNotSecure(trunk.name));
      failures.push(sipsNotAllowed(call.domain));
      continue;
    }
    const admitted = parts.trunks.admit(trunk, line.beyond);
    if (admitted !== 'admitted') {
      parts.ladders.note(call, remarks.trunkPassedOver(trunk.name, admitted));
      // Its provider may have room still; but rather over one that has.
      if (isForHelp && line.beyond === undefined) queue.push({ ...line, beyond: LIMITS.forHelp.callsOverTrunk });
      continue;
    }
    if (line.beyond !== undefined) parts.ladders.note(call, remarks.trunkBeyondLimits(trunk.name));
    const over: Line = { trunk, number, shown, attempt };
    const result = await callOver(parts, call, over, 'all');
    if (result.kind !== 'failed') return result;
    const { failure } = result;
    failures.push(failure);
    if (failure.isUnheard === true && isLong(call, over)) unheard.push(over);
    // Not the end: whoever was silent about a place still gets the short INVITE.
    if (!leadsOn(trunk, failure)) break;
    parts.logger.info({ callId: call.callId, trunk: trunk.name, status: failure.sipStatus }, 'A trunk failed a call');
  }
  for (const over of unheard) {
    if (attempt.givenUp) return { kind: 'given-up' };
    parts.ladders.note(call, remarks.placeLeftOut(`${over.trunk.name} is silent, and the INVITE was long`));
    const result = await callOver(parts, call, over, 'by-reference');
    if (result.kind !== 'failed') return result;
    failures.push(result.failure);
    if (!leadsOn(over.trunk, result.failure)) break;
  }
  return { kind: 'failed', failure: bestFailure(failures) };
}

function noteProtection({ ladders }: CallParts, call: Call, { trunk, use }: ProtectedLine): void {
  if (use.kind === 'passed-over') ladders.note(call, remarks.trunkInClear(trunk.name, use.behind.name));
  else if (use.kind === 'insisting') ladders.note(call, remarks.trunkInsisted(trunk.name, use.behind.name));
}

/**
 * What the caller hears where no trunk took the call (in the spirit of RFC 3261 §16.7 item 6): what the called party said,
 * else that the sound could not be agreed; what providers think of us is no answer, and becomes 503.
 */
function bestFailure(failures: readonly CallFailure[]): CallFailure {
  const best = failures.findLast(({ sipStatus }) => !OF_THE_TRUNK.has(sipStatus)) ?? failures.at(-1) ?? LINES_BUSY;
  return OF_THE_TRUNK.has(best.sipStatus) ? { ...best, sipStatus: 503 } : best;
}

interface Queued extends ProtectedLine {
  /** It is asked beyond its limits, by so many calls. */
  readonly beyond?: number;
}

interface Line {
  readonly trunk: Trunk;
  readonly number: string;
  readonly shown: Presented;
  readonly attempt: Attempt;
}

/**
 * A place makes an INVITE so long that it goes by TCP, else in fragments (RFC 3261 §18.1.1), either of which may be lost on its way
 * to a server that is there: silence to a call for help is answered by a shorter one. But not before every other trunk was asked:
 * most servers that are silent are gone.
 */
function isLong(call: Call, { trunk, number }: Line): boolean {
  return trunk.transport === 'udp' && callsForHelp(call, number) && placesOfCaller(call).length > 0;
}

function callOver(parts: CallParts, call: Call, line: Line, place: PlaceTold): Promise<ForkResult> {
  const { trunk, number, shown, attempt } = line;
  const party: Party = { number: call.to.kind === 'external' ? call.to.number : number, name: null, userId: null };
  return new Fork(parts, call, {
    targets: [{ party, deviceId: null, way: { kind: 'trunk', trunk, number, place } }],
    failures: [],
    seconds: RING_SECONDS,
    firstAnswerSeconds: FIRST_ANSWER_SECONDS,
    role: 'callee',
    shown,
    attempt,
  }).run();
}
