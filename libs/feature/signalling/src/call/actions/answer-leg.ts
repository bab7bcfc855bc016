import type { MediaOutcome } from '../call-media.js';
import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { answerHeaders } from '../headers/leg-headers.js';
import type { Leg } from '../leg.js';

export interface LegAnswering {
  /** Who answered; left out where an application did. */
  readonly callee?: Leg;
  /** What must be well, too, before 200 is sent: begun when the answer is asked for, and waits for nothing of it. */
  readonly meanwhile?: () => Promise<MediaOutcome>;
}

const FINE: MediaOutcome = { ok: true };
/** RFC 3262 §5: what was agreed by a reliable reply and its PRACK is not said again. */
const AGREED: MediaOutcome<{ sdp: string | undefined }> = { ok: true, sdp: undefined };

/** Sends 200 to a leg that called us; for one that is answered already, nothing. */
export async function answerLeg(
  parts: CallParts,
  call: Call,
  leg: Leg,
  { callee, meanwhile }: LegAnswering = {},
): Promise<MediaOutcome> {
  if (leg.state === 'answered') return meanwhile?.() ?? FINE;
  if (leg.origin.kind !== 'incoming') return { ok: false, code: 'CALL.GONE' };
  const { invite } = leg.origin;
  const [answer, also] = await Promise.all([
    describe(parts, leg, callee),
    meanwhile?.() ?? FINE,
    parts.calls.recorded(call),
  ]);
  if (!answer.ok) return answer;
  if (!also.ok) return also;
  if (isAnswered(leg)) return FINE;
  const description = answer.sdp === undefined ? {} : { sdp: answer.sdp };
  const headers = answerHeaders(call, leg, callee);
  const session = leg.live ? invite.accept({ ...description, headers }) : undefined;
  if (session === undefined) return { ok: false, code: 'CALL.GONE' };
  leg.session = session;
  leg.sipStatus = 200;
  leg.awaitsAnswer = leg.offer !== undefined;
  leg.apply('answer');
  for (const behave of parts.behaviours) behave(parts, call, leg, session);
  return { ok: true };
}

/** Our answer, or our offer where it made none. */
function describe(
  { media }: CallParts,
  leg: Leg,
  callee: Leg | undefined,
): MediaOutcome<{ sdp: string | undefined }> | Promise<MediaOutcome<{ sdp: string }>> {
  if (leg.agreedEarly) return AGREED;
  return leg.offer === undefined ? media.answer(leg, callee?.endpoint) : { ok: true, sdp: leg.offer };
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
