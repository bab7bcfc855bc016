import type { IncomingOffer } from '@carillon/sip-stack';
import { statusOfCode } from '../call-failure.js';
import type { Call } from '../call.js';
import type { CallParts, SessionBehaviour } from '../call-parts.js';
import type { Leg } from '../leg.js';
import { remarks } from '../../ladder/remarks.js';
import { endCall } from '../actions/end-call.js';
import { hasHoldMusic, soundHold } from '../actions/hold-music.js';
import { offerAgain, type OfferDirection } from '../actions/offer-again.js';
import { otherLeg } from '../actions/other-leg.js';
import { takeLateAnswer } from '../actions/take-late-answer.js';
import { mediaWarning } from '../headers/media-warning.js';
import { holdOf, type Hold } from '../hold.js';

/** Hold, resume, a new codec or address (RFC 3264 §8): each side agrees with the media plane by itself. */
export const passMediaChanges: SessionBehaviour = (parts, call, leg, session) => {
  const answer = (offer: IncomingOffer, refreshOnly: boolean): void => {
    answerOffer(parts, call, leg, { offer, refreshOnly }).catch((error: unknown) => {
      parts.logger.error({ error, callId: call.callId }, 'Cannot answer a later offer');
      offer.reject(500);
    });
  };
  session.on('reinvite', (offer) => answer(offer, false));
  // An UPDATE without SDP refreshes the session only (RFC 4028 §7.4).
  session.on('update', (offer) => answer(offer, offer.offer === undefined));
  session.on('acknowledged', (sdp) => takeAnswer(parts, call, leg, sdp));
};

async function answerOffer(
  parts: CallParts,
  call: Call,
  leg: Leg,
  { offer, refreshOnly }: { offer: IncomingOffer; refreshOnly: boolean },
): Promise<void> {
  if (refreshOnly) {
    offer.accept();
    return;
  }
  const { offer: sdp } = offer;
  const outcome =
    sdp === undefined ? await parts.media.makeOffer(leg) : await parts.media.acceptOffer(leg, sdp, dueTo(call, leg));
  if (!outcome.ok) {
    parts.ladders.note(call, remarks.mediaRefused(leg.legId, outcome.detail ?? outcome.code));
    offer.reject(statusOfCode(outcome.code), { headers: mediaWarning(outcome, call.domain) });
    return;
  }
  leg.awaitsAnswer = sdp === undefined;
  offer.accept({ sdp: outcome.sdp });
  // An offerless re-INVITE takes whatever our offer was: sending and receiving.
  tellHold(parts, call, leg, sdp === undefined ? 'none' : holdOf(sdp));
}

/**
 * The other side hears that it is on hold, or is not any more, and its phone learns it by the direction of an offer of ours
 * (RFC 3264 §8.4): sendonly wherever there is something to hear.
 */
function tellHold(parts: CallParts, call: Call, leg: Leg, hold: Hold): void {
  if (leg.hold === hold) return;
  leg.hold = hold;
  const other = otherLeg(call, leg);
  if (other === undefined) return;
  soundHold(parts, call, { held: other, by: leg });
  // Who holds us itself knows already, and hears it by our answer when it comes back.
  if (other.hold !== 'none') return;
  void offerAgain(parts, other, { direction: directionBehind(call, leg) });
}

/** What a leg is told by our answer: whether the other side holds it, whatever our last offer to it was. */
function dueTo(call: Call, leg: Leg): OfferDirection | undefined {
  const other = otherLeg(call, leg);
  return other === undefined ? undefined : directionBehind(call, other);
}

/** What the other side of a leg is told of the leg's hold. */
function directionBehind(call: Call, { hold }: Leg): OfferDirection {
  if (hold === 'none') return 'sendrecv';
  return hasHoldMusic(call) ? 'sendonly' : hold;
}

/** The answer to an offer that went out in our 200 comes in the ACK (RFC 3264 §4, RFC 3261 §13.2.1). */
function takeAnswer(parts: CallParts, call: Call, leg: Leg, sdp: string | undefined): void {
  if (!leg.awaitsAnswer) return;
  leg.awaitsAnswer = false;
  if (sdp === undefined) {
    endCall(parts, call, { outcome: 'failed', reason: 'No answer to our offer in the ACK' });
    return;
  }
  void takeLateAnswer(parts, call, leg, sdp);
}
