import { OUTCOME_OF_FAILURE, type CallFailure } from '../call-failure.js';
import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { endCall } from './end-call.js';

/** Nobody took the call. */
export function endUntaken(parts: CallParts, call: Call, failure: CallFailure): void {
  const { kind, reason, sipStatus, headers } = failure;
  endCall(parts, call, {
    outcome: OUTCOME_OF_FAILURE[kind],
    reason,
    sipStatus,
    ...(headers === undefined ? {} : { headers }),
  });
}
