import type { MediaOutcome } from '../call-media.js';
import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { answerHeaders } from '../headers/leg-headers.js';
import type { Leg } from '../leg.js';

/**
 * Sends 200 to a leg that called us; for one that is answered already, nothing.
 * @param callee who answered; undefined where an application did
 */
export async function answerLeg(parts: CallParts, call: Call, leg: Leg, callee?: Leg): Promise<MediaOutcome> {
  if (leg.state === 'answered') return { ok: true };
  if (leg.origin.kind !== 'incoming') return { ok: false, code: 'CALL.GONE' };
  const { invite } = leg.origin;
  const answer: MediaOutcome<{ sdp: string }> =
    leg.offer === undefined ? await parts.media.answer(leg, callee?.endpoint) : { ok: true, sdp: leg.offer };
  if (!answer.ok) return answer;
  await parts.calls.recorded(call);
  if (isAnswered(leg)) return { ok: true };
  const session = leg.live ? invite.accept({ sdp: answer.sdp, headers: answerHeaders(call, leg, callee) }) : undefined;
  if (session === undefined) return { ok: false, code: 'CALL.GONE' };
  leg.session = session;
  leg.sipStatus = 200;
  leg.awaitsAnswer = leg.offer !== undefined;
  leg.apply('answer');
  for (const behave of parts.behaviours) behave(parts, call, leg, session);
  return { ok: true };
}

/** Two asked at once: the other was first. */
function isAnswered(leg: Leg): boolean {
  return leg.state === 'answered';
}

/** The call counts as answered from now on. */
export function markAnswered({ calls, clock }: CallParts, call: Call): void {
  if (call.apply('answer', clock.now())) calls.answered(call);
  else calls.updated(call);
}
