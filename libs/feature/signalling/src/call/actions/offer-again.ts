import type { CommandInput } from '@carillon/contracts';
import type { HeaderFields, InviteSession } from '@carillon/sip-stack';
import type { CallParts } from '../call-parts.js';
import { remarks } from '../../ladder/remarks.js';
import type { Leg } from '../leg.js';
import { endCall } from './end-call.js';
import { notAcceptable } from './end-leg.js';

export type OfferDirection = NonNullable<CommandInput<'media.make-offer'>['direction']>;

/**
 * A re-INVITE of ours to an answered leg (RFC 3261 §14.1): one after the other, so that what was decided last is what
 * stays. Glare is waited out by the dialog; a refusal leaves the leg as it was (§14.1).
 */
export function offerAgain(
  parts: CallParts,
  leg: Leg,
  { direction, headers = {} }: { direction: OfferDirection; headers?: HeaderFields },
): Promise<void> {
  leg.offering = leg.offering.then(async () => {
    const { session } = leg;
    if (session === undefined || session.state === 'ended' || !leg.live) return;
    const offer = await parts.media.makeOffer(leg, direction);
    if (!offer.ok) return;
    const outcome = await session.reinvite({ sdp: offer.sdp, headers });
    if (outcome.ok && outcome.sdp !== undefined) await takeAnswer(parts, leg, { session, sdp: outcome.sdp });
    else parts.logger.info({ legId: leg.legId, status: outcome.status }, 'A phone did not take a later offer');
  });
  return leg.offering.catch((error: unknown) => {
    leg.offering = Promise.resolve();
    parts.logger.error({ error, legId: leg.legId }, 'Cannot make a later offer');
  });
}

/** Both sides have agreed on something that cannot be: it is too late to refuse it (RFC 3261 §14.1), so the call ends. */
async function takeAnswer(
  parts: CallParts,
  leg: Leg,
  { session, sdp }: { readonly session: InviteSession; readonly sdp: string },
): Promise<void> {
  const taken = await parts.media.acceptAnswer(leg, sdp);
  const call = parts.calls.findBySession(session)?.call;
  if (taken.ok || call === undefined || !leg.live) return;
  const why = taken.detail ?? taken.code;
  parts.ladders.note(call, remarks.mediaRefused(leg.legId, why));
  endCall(parts, call, { outcome: 'failed', reason: taken.code, cause: notAcceptable(why) });
}
