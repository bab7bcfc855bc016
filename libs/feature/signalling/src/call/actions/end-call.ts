import type { Call, CallOutcomeName } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { remarks } from '../../ladder/remarks.js';
import { endLeg, type LegEnd } from './end-leg.js';

export interface CallEnd extends LegEnd {
  /** What the call counts as where it was never answered. */
  readonly outcome: CallOutcomeName;
}

/** Ends the call and every side of it. Idempotent: the first reason counts. */
export function endCall(parts: CallParts, call: Call, end: CallEnd): void {
  if (call.state === 'ended') return;
  // Before what is under way is given up, so that every side hears this reason.
  const { transferor } = call;
  const lastNews = endReferral(call, end);
  const closing = call.legs.map((leg) => endLeg(parts, leg, leg === transferor ? { ...end, lastNews } : end));
  call.apply('end', parts.clock.now());
  call.outcome = call.answeredAt === null ? end.outcome : call.outcomeIfAnswered;
  call.endReason = end.reason;
  call.sipStatus = call.answeredAt === null ? (end.sipStatus ?? null) : 200;
  parts.ladders.note(call, remarks.ended(call.outcome, call.endReason));
  parts.ladders.ended(call);
  parts.calls.ended(call);
  parts.figures.callsEnded.inc({ outcome: call.outcome });
  void Promise.all(closing).then(() => parts.calls.completed(call));
}

/** A transfer that the end of the call overtakes: who asked for it hears that, too (RFC 3515 §2.4.5). */
function endReferral(call: Call, { sipStatus = 487 }: CallEnd): Promise<unknown> | undefined {
  const { referral } = call;
  call.referral = undefined;
  call.transferor = undefined;
  return referral?.notify(sipStatus);
}

/** Something went wrong on our side: the call ends rather than hangs. */
export function failCall(parts: CallParts, call: Call, error: unknown): void {
  parts.logger.error({ error, callId: call.callId }, 'A call failed');
  endCall(parts, call, { outcome: 'failed', reason: 'Server error', sipStatus: 500 });
}
