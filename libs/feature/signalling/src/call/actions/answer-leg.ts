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
    leg.offer === undefined ? parts.media.answer(leg, callee?.endpoint) : { ok: true as const, sdp: leg.offer },
    meanwhile?.() ?? FINE,
    parts.calls.recorded(call),
  ]);
  if (!answer.ok) return answer;
  if (!also.ok) return also;
  if (isAnswered(leg)) return FINE;
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
