import type { Refusal } from '@carillon/contracts';
import type { EndpointId } from '@carillon/domain';
import type { EndpointMedia } from '@carillon/media-engine';
import type { AgreedAudio, ChosenSecurity, SessionDescription } from '@carillon/sdp';
import type { LocalContext } from './local-side.js';
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
import { agreeSdes, sdesToAnswer } from './sdes-side.js';
import { agreeWebRtc, followOffer, throughLoopback } from './webrtc-side.js';

/** Offers and answers. @returns what stops handling */
export function handleNegotiation(parts: PhoneParts): (() => void)[] {
  const { bus, legs } = parts;
  const owned = { ownerId: parts.ownerId };
  return [
    bus.handle(
      'media.answer',
      ({ endpointId, preferCodecsOf, early }) =>
        withLeg(legs, endpointId, async (leg) => {
          const answered = await answerOnce(parts, leg, codecsOf(parts, preferCodecsOf));
          if (answered.ok && !early) parts.webRtc?.expectConnection(endpointId);
          return answered;
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
          parts.webRtc?.expectConnection(endpointId);
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
          const preferred = leg.agreed === null ? [] : [leg.agreed.codec.name];
          const answered = await answerLeg(parts, leg, read.value, preferred);
          if (answered.ok) parts.webRtc?.expectConnection(endpointId);
          return answered;
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

async function answerOnce(
  parts: PhoneParts,
  leg: PhoneLeg,
  preferred: readonly string[],
): Promise<{ ok: true; sdp: string } | Refusal> {
  if (leg.remoteOffer !== null) return answerLeg(parts, leg, leg.remoteOffer, preferred);
  return leg.local === null
    ? refusal('MEDIA.BAD_SDP', 'There is no offer to answer.')
    : { ok: true, sdp: leg.local.text };
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
  if (!mayBecome(leg, security.kind))
    return refusal('MEDIA.TRANSPORT_NOT_ACCEPTABLE', 'A call keeps the way its media is protected.');
  const before = leg.security;
  if (security.kind === 'sdes')
    leg.security = sdesToAnswer(before, offer.media[index]?.protocol ?? '', security.crypto);
  else if (security.kind === 'none') leg.security = security;
  const answered = await answerChosen(parts, leg, offer, { address: parts.advertisedAddress, preferred, index });
  // A refused offer changes nothing (RFC 3261 §14.2).
  if (!answered.ok && leg.security.kind !== 'dtls') leg.security = before;
  return answered;
}

async function answerChosen(
  parts: PhoneParts,
  leg: PhoneLeg,
  offer: SessionDescription,
  context: LocalContext & { readonly index: number },
): Promise<{ ok: true; sdp: string } | Refusal> {
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
  const written = leg.security.kind === 'dtls' ? writeAnswer(leg, offer, context) : first;
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
  const wire = protectedMedia(leg, media.value, agreed);
  if ('ok' in wire) return wire;
  const told = answer(parts.engine.setMedia(leg.endpointId, wire), () => ({}));
  return told.ok ? undefined : told;
}

/** The same sound on its way through what protects it. */
function protectedMedia(leg: PhoneLeg, media: EndpointMedia, agreed: AgreedAudio): EndpointMedia | Refusal {
  const { security } = leg;
  switch (security.kind) {
    case 'none':
      return media;
    case 'dtls':
      return throughLoopback(media, security);
    case 'sdes': {
      const sdes = agreeSdes(security, agreed);
      if (sdes.kind === 'refused')
        return refusal('MEDIA.TRANSPORT_NOT_ACCEPTABLE', 'SRTP was offered, and no key came back.');
      if (sdes.kind === 'plain') {
        leg.security = { kind: 'none' };
        return media;
      }
      return { ...media, srtp: sdes.keys };
    }
  }
}

/**
 * A browser's endpoint can be reached from this machine only, a phone's from outside: neither becomes the other. What
 * had to be encrypted stays so, whoever asks for less.
 */
function mayBecome({ security, agreed }: PhoneLeg, kind: ChosenSecurity['kind']): boolean {
  if ((security.kind === 'dtls') !== (kind === 'dtls')) return false;
  const must = agreed !== null && security.kind === 'sdes' && !security.protocol.startsWith('RTP/AVP');
  return !must || kind === 'sdes';
}

function refusal(code: string, detail: string): Refusal {
  return { ok: false, code, detail };
}
