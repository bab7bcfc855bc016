import type { CommandPayload } from '@carillon/contracts';
import type { CommandAnswer } from '@carillon/event-bus';
import { failureOfStatus, OUTCOME_OF_FAILURE } from '../call-failure.js';
import type { CallParts } from '../call-parts.js';
import { endCall } from './end-call.js';

/** `call.hang-up`. What is over already is no error. */
export function hangUpCall(
  parts: CallParts,
  { organisationId, callId, reason, sipStatus }: CommandPayload<'call.hang-up'>,
): CommandAnswer<'call.hang-up'> {
  const call = parts.calls.find(organisationId, callId);
  if (call === undefined) return { ok: true };
  const failure = sipStatus === undefined ? undefined : failureOfStatus(sipStatus, true);
  const known = failure !== undefined && (failure.kind === 'busy' || failure.kind === 'declined');
  endCall(parts, call, {
    outcome: failure === undefined ? 'cancelled' : known ? OUTCOME_OF_FAILURE[failure.kind] : 'failed',
    reason: reason ?? 'Hung up',
    sipStatus: sipStatus ?? 480,
  });
  return { ok: true };
}
