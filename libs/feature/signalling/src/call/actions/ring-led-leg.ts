import type { HeaderFields, IncomingInvite } from '@carillon/sip-stack';
import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import type { Leg } from '../leg.js';
import { takeLateAnswer } from './take-late-answer.js';

/** Lets the led leg know that somebody's phone rings: by 180, or by a tone where it was answered already. */
export function ringLedLeg(parts: CallParts, call: Call, headers: HeaderFields): void {
  const { led } = call;
  if (led === undefined) return;
  if (led.state === 'trying' && led.origin.kind === 'incoming') {
    led.apply('ring');
    const { offer } = led;
    if (offer === undefined || !led.origin.invite.request.lists('Require', '100rel'))
      led.origin.invite.progress(180, { headers });
    else ringWithOffer(parts, call, { led, invite: led.origin.invite, headers, offer });
    parts.figures.setupSeconds.observe((parts.clock.now() - call.startedAt) / 1000);
  } else if (led.state === 'answered') void parts.media.playRingback(led);
}

/**
 * A caller that made no offer and wants every reply reliably has our offer in the first of them, and answers it in its PRACK
 * (RFC 3261 §13.2.1, RFC 3262 §5): the ACK of the 200 brings nothing more.
 */
function ringWithOffer(
  parts: CallParts,
  call: Call,
  { led, invite, headers, offer }: { led: Leg; invite: IncomingInvite; headers: HeaderFields; offer: string },
): void {
  invite.dialog.on('prack', ({ answer }) => {
    if (answer === undefined || led.offer === undefined) return;
    led.offer = undefined;
    led.awaitsAnswer = false;
    led.agreedEarly = true;
    void takeLateAnswer(parts, call, led, answer).then(() => call.early?.callerListens());
  });
  invite.progress(180, { headers, sdp: offer });
}

/**
 * Early media: what the called side says before it answers (RFC 3960 §3.2) reaches a caller who still rings by 183, which is sent
 * once: it has one answer, whoever is heard (RFC 3261 §13.2.1).
 * @returns whether the two are connected now
 */
export async function passEarlyMedia(
  parts: CallParts,
  call: Call,
  callee: Leg,
  { sdp, isFirst, isWanted }: { readonly sdp: string; readonly isFirst: boolean; readonly isWanted: () => boolean },
): Promise<boolean> {
  const { led } = call;
  if (led?.endpoint === undefined || led.origin.kind !== 'incoming' || led.state === 'answered') return false;
  // An offerless caller tells in its ACK where it listens, or in the PRACK of our first reply.
  if (led.offer !== undefined) return false;
  const accepted = await parts.media.acceptAnswer(callee, sdp);
  // Each step takes a while, and somebody may have answered, or gone.
  if (!accepted.ok || !isWanted()) return false;
  const connected = await parts.media.connect(led, callee);
  if (!connected.ok || !isFirst || !isWanted()) return connected.ok && !isFirst;
  // Where both are agreed already, a second description would be one too many (RFC 3262 §5).
  const answer = led.agreedEarly ? undefined : await parts.media.answer(led, callee.endpoint, { early: true });
  if (answer?.ok === false || !isWanted() || led.origin.invite.state !== 'ringing') return false;
  led.origin.invite.progress(183, answer === undefined ? {} : { sdp: answer.sdp });
  return true;
}
