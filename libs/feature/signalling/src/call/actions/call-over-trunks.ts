import type { Party } from '@carillon/contracts';
import type { TrunkWay } from '../../routing/route-call.js';
import type { Trunk } from '../../trunks/trunk.js';
import type { Attempt } from '../attempt.js';
import type { CallFailure } from '../call-failure.js';
import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import type { Presented } from '../identity/present-party.js';
import { Fork, type ForkResult } from './fork.js';

/** A called party outside may ring for this long: their own network gives up before. */
const RING_SECONDS = 180;
/** A provider that says nothing within this is passed over; Timer B would keep the caller waiting for 32 s. */
const FIRST_ANSWER_SECONDS = 5;
/** The trunk, not the called party, is what failed: another one may do better (RFC 3261 §21.5, RFC 3263 §4.3). */
const OF_THE_TRUNK = new Set([401, 402, 403, 407, 408, 482, 483, 500, 501, 502, 503, 504, 505, 513, 580]);

const LINES_BUSY: CallFailure = { kind: 'unreachable', sipStatus: 503, reason: 'All lines are busy' };

export interface TrunkCall {
  readonly ways: readonly TrunkWay[];
  readonly shown: Presented;
  readonly attempt: Attempt;
}

/** Calls a number outside over the first trunk that takes it. Trunks that did not answer lately are tried last. */
export async function callOverTrunks(
  parts: CallParts,
  call: Call,
  { ways, shown, attempt }: TrunkCall,
): Promise<ForkResult> {
  const { directories } = parts;
  const directory = directories.current(call.organisationId) ?? (await directories.of(call.organisationId));
  const lines = ways.flatMap((way) => {
    const trunk = directory?.trunks.find(({ trunkId }) => trunkId === way.trunkId);
    return trunk === undefined ? [] : [{ trunk, number: way.number }];
  });
  const up = lines.filter(({ trunk }) => !parts.trunks.isDown(trunk));
  const down = lines.filter(({ trunk }) => parts.trunks.isDown(trunk));
  let failure = LINES_BUSY;
  for (const line of [...up, ...down]) {
    if (attempt.givenUp) return { kind: 'given-up' };
    if (parts.trunks.admit(line.trunk) !== 'admitted') continue;
    const result = await callOver(parts, call, { ...line, shown, attempt });
    if (result.kind !== 'failed') return result;
    failure = result.failure;
    if (!OF_THE_TRUNK.has(failure.sipStatus)) break;
    parts.logger.info(
      { callId: call.callId, trunk: line.trunk.name, status: failure.sipStatus },
      'A trunk failed a call',
    );
  }
  // What a provider thinks of us is no answer for the caller (RFC 3261 §16.7 item 6 does the same with 503).
  return { kind: 'failed', failure: OF_THE_TRUNK.has(failure.sipStatus) ? { ...failure, sipStatus: 503 } : failure };
}

function callOver(
  parts: CallParts,
  call: Call,
  line: { trunk: Trunk; number: string; shown: Presented; attempt: Attempt },
): Promise<ForkResult> {
  const { trunk, number, shown, attempt } = line;
  const party: Party = { number: call.to.kind === 'external' ? call.to.number : number, name: null, userId: null };
  return new Fork(parts, call, {
    targets: [{ party, deviceId: null, way: { kind: 'trunk', trunk, number } }],
    failures: [],
    seconds: RING_SECONDS,
    firstAnswerSeconds: FIRST_ANSWER_SECONDS,
    role: 'callee',
    shown,
    attempt,
  }).run();
}
