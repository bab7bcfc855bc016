import type { Refusal } from '@carillon/contracts';
import type { EndpointId } from '@carillon/domain';
import type { AgreedAudio, SessionDescription } from '@carillon/sdp';
import type { NoSecurity } from './leg-security.js';
import {
  chooseAudio,
  endpointMediaOf,
  offerFor,
  readAnswer,
  readSdp,
  rememberAnswer,
  sharedCodecs,
  writeAnswer,
} from './negotiate.js';
import type { PhoneLeg } from './phone-leg.js';
import { answer, withLeg, type PhoneParts } from './phone-parts.js';
import { agreeWebRtc, followOffer, throughLoopback } from './webrtc-side.js';

/** Offers and answers. @returns what stops handling */
export function handleNegotiation(parts: PhoneParts): (() => void)[] {
  const { bus, legs } = parts;
  const owned = { ownerId: parts.ownerId };
  return [
    bus.handle(
      'media.answer',
      ({ endpointId, preferCodecsOf }) =>
        withLeg(legs, endpointId, async (leg) => {
          if (leg.remoteOffer === null) {
            if (leg.local === null) return refusal('MEDIA.BAD_SDP', 'There is no offer to answer.');
            return { ok: true as const, sdp: leg.local.text };
          }
          return answerLeg(parts, leg, leg.remoteOffer, codecsOf(parts, preferCodecsOf));
        }),
      owned,
    ),
    bus.handle(
      'media.accept-answer',
      ({ endpointId, sdp }) =>
        withLeg(legs, endpointId, async (leg) => {
          const read = readSdp(sdp);
          if (!read.ok) return read;
          const agreed = readAnswer(leg, read.value);
          if (!agreed.ok) return agreed;
          const refused = await apply(parts, leg, agreed.value);
          if (refused !== undefined) return refused;
          leg.agreed = agreed.value;
          return { ok: true as const };
        }),
      owned,
    ),
    bus.handle(
      'media.accept-offer',
      ({ endpointId, sdp }) =>
        withLeg(legs, endpointId, async (leg) => {
          const read = readSdp(sdp);
          if (!read.ok) return read;
          return answerLeg(parts, leg, read.value, leg.agreed === null ? [] : [leg.agreed.codec.name]);
        }),
      owned,
    ),
    bus.handle(
      'media.make-offer',
      ({ endpointId, direction }) =>
        withLeg(legs, endpointId, (leg) => {
          leg.direction = direction;
          const preferred = leg.agreed === null ? [] : [leg.agreed.codec.name];
          return { ok: true as const, sdp: offerFor(leg, { address: parts.advertisedAddress, preferred }) };
        }),
      owned,
    ),
  ];
}

/** Answers an offer, once everything beneath it is ready for the other side. */
export async function answerLeg(
  parts: PhoneParts,
  leg: PhoneLeg,
  offer: SessionDescription,
  preferred: readonly string[],
): Promise<{ ok: true; sdp: string } | Refusal> {
  const chosen = chooseAudio(offer, { dtls: parts.webRtc !== undefined });
  if (!chosen.ok) return chosen;
  const { index, security } = chosen.value;
  if (!isSameKind(leg, security.kind))
    return refusal('MEDIA.TRANSPORT_NOT_ACCEPTABLE', 'A call keeps the way its media is protected.');
  const context = { address: parts.advertisedAddress, preferred, index };
  const first = writeAnswer(leg, offer, context);
  if (!first.ok) return first;
  if (leg.security.kind === 'dtls') {
    const side = await followOffer(parts, leg, first.value.agreed);
    if ('ok' in side) return side;
  }
  leg.localOffer = null;
  const refused = await apply(parts, leg, first.value.agreed);
  if (refused !== undefined) return refused;
  // Written again: credentials and the SSRC may have become known only now.
  const written = leg.security.kind === 'none' ? first : writeAnswer(leg, offer, context);
  if (!written.ok) return written;
  rememberAnswer(leg, written.value);
  return { ok: true, sdp: leg.local?.text ?? '' };
}

export function codecsOf(parts: PhoneParts, endpointId: EndpointId | undefined): string[] {
  return parts.legs.codecsOf(endpointId, (leg) => (leg.remoteOffer === null ? [] : sharedCodecs(leg, leg.remoteOffer)));
}

/** Tells the engines what was agreed. @returns why not */
async function apply(parts: PhoneParts, leg: PhoneLeg, agreed: AgreedAudio): Promise<Refusal | undefined> {
  const media = endpointMediaOf(agreed);
  if (!media.ok) return media;
  const { security } = leg;
  if (security.kind === 'dtls') {
    const refused = await agreeWebRtc(parts, leg, security, agreed);
    if (refused !== undefined) return refused;
  }
  const wire = security.kind === 'dtls' ? throughLoopback(media.value, security) : media.value;
  const told = answer(await parts.engine.setMedia(leg.endpointId, wire), () => ({}));
  return told.ok ? undefined : told;
}

/** A browser's endpoint can be reached from this machine only, a phone's from outside: neither becomes the other. */
function isSameKind({ security }: PhoneLeg, kind: NoSecurity['kind'] | 'sdes' | 'dtls'): boolean {
  return (security.kind === 'dtls') === (kind === 'dtls');
}

function refusal(code: string, detail: string): Refusal {
  return { ok: false, code, detail };
}
