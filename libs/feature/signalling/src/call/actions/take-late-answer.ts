import { remarks } from '../../ladder/remarks.js';
import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import type { Leg } from '../leg.js';
import { endCall } from './end-call.js';
import { notAcceptable } from './end-leg.js';

/** The answer to an offer that went out in a reply of ours: it is too late to refuse it, so what cannot be ends the call. */
export async function takeLateAnswer(parts: CallParts, call: Call, leg: Leg, sdp: string): Promise<void> {
  const outcome = await parts.media.acceptAnswer(leg, sdp);
  if (outcome.ok) return;
  const why = outcome.detail ?? outcome.code;
  parts.ladders.note(call, remarks.mediaRefused(leg.legId, why));
  endCall(parts, call, { outcome: 'failed', reason: outcome.code, cause: notAcceptable(why) });
}
