import type { Refusal } from '@carillon/contracts';
import type { EndpointId } from '@carillon/domain';
import type { EndpointMedia } from '@carillon/media-engine';
import type { AgreedAudio, ChosenSecurity, SessionDescription } from '@carillon/sdp';
import type { LocalContext } from './local-side.js';
import { endpointMediaOf, offerFor, readAnswer, readOffer, readSdp, rememberAnswer, writeAnswer } from './negotiate.js';
import { addressTowards, familyOf } from './own-address.js';
import type { PhoneLeg, RemoteOffer } from './phone-leg.js';
import { refusalOf, withLeg, type PhoneParts } from './phone-parts.js';
import { agreeSdes, sdesToAnswer } from './sdes-side.js';
import { sendToRemote } from './send-to-remote.js';
import { agreeWebRtc, followOffer, throughLoopback } from './webrtc-side.js';

/** Offers and answers. @returns what stops handling */
export function handleNegotiation(parts: PhoneParts): (() => void)[] {
  const { bus, legs } = parts;
  const owned = { ownerId: parts.ownerId };
  return [
    bus.handle(
      'media.answer',
      ({ endpointId, preferCodecsOf, early }) =>
        withLeg(legs, endpointId, (leg) => {
          const answered = answerOnce(parts, leg, codecsOf(parts, preferCodecsOf));
          return early ? answered : expectingConnection(parts, endpointId, answered);
        }),
      owned,
    ),
    bus.handle(
      'media.accept-answer',
      ({ endpointId, sdp }) =>
        withLeg(legs, endpointId, (leg) => {
          const read = readSdp(sdp);
          if (!read.ok) return read;
          const agreed = readAnswer(leg, read.value);
          if (!agreed.ok) return agreed;
          return expectingConnection(parts, endpointId, settle(parts, leg, agreed.value));
        }),
      owned,
    ),
    bus.handle(
      'media.accept-offer',
      ({ endpointId, sdp, direction }) =>
        withLeg(legs, endpointId, (leg) => {
          const offer = readOffer(sdp, { dtls: parts.webRtc !== undefined, mustEncrypt: leg.mustEncrypt });
          if (!offer.ok) return offer;
          const preferred = leg.agreed === null ? [] : [leg.agreed.codec.name];
          const before = { address: leg.address, direction: leg.direction };
          leg.direction = direction ?? before.direction;
          const answered = answerLeg(parts, leg, offer.value, preferred);
          return expectingConnection(parts, endpointId, restoringIfRefused(leg, before, answered));
        }),
      owned,
    ),
    bus.handle(
      'media.make-offer',
      ({ endpointId, direction }) =>
        withLeg(legs, endpointId, (leg) => {
          leg.direction = direction;
          const preferred = leg.agreed === null ? [] : [leg.agreed.codec.name];
          return { ok: true as const, sdp: offerFor(leg, { address: leg.address, preferred }) };
        }),
      owned,
    ),
  ];
}

type Described = { ok: true; sdp: string } | Refusal;

/** A refused offer changes nothing (RFC 3261 §14.2). */
function restoringIfRefused(
  leg: PhoneLeg,
  before: Pick<PhoneLeg, 'address' | 'direction'>,
  answered: Described | Promise<Described>,
): Described | Promise<Described> {
  if (answered instanceof Promise) return answered.then((late) => restoringIfRefused(leg, before, late));
  if (!answered.ok) Object.assign(leg, before);
  return answered;
}

/** From when its media is agreed, a browser has to connect it. */
export function expectingConnection<Answer extends { readonly ok: boolean }>(
  { webRtc }: PhoneParts,
  endpointId: EndpointId,
  answered: Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  if (answered instanceof Promise) return answered.then((late) => expectingNow(webRtc, endpointId, late));
  return expectingNow(webRtc, endpointId, answered);
}

function expectingNow<Answer extends { readonly ok: boolean }>(
  webRtc: PhoneParts['webRtc'],
  endpointId: EndpointId,
  answered: Answer,
): Answer {
  if (answered.ok) webRtc?.expectConnection(endpointId);
  return answered;
}

function answerOnce(parts: PhoneParts, leg: PhoneLeg, preferred: readonly string[]): Described | Promise<Described> {
  if (leg.remoteOffer !== null) return answerLeg(parts, leg, leg.remoteOffer, preferred);
  return leg.local === null
    ? refusal('MEDIA.BAD_SDP', 'There is no offer to answer.')
    : { ok: true, sdp: leg.local.text };
}

/** Answers an offer, once everything beneath it is ready for the other side: at once, but for a browser. */
export function answerLeg(
  parts: PhoneParts,
  leg: PhoneLeg,
  offer: RemoteOffer,
  preferred: readonly string[],
): Described | Promise<Described> {
  const { description } = offer;
  const { index, security } = offer.audio;
  if (!mayBecome(leg, security.kind))
    return refusal('MEDIA.TRANSPORT_NOT_ACCEPTABLE', 'A call keeps the way its media is protected.');
  const family = familyOf(offer);
  // A phone may have gone to a network of the other family.
  if (family !== undefined) leg.address = addressTowards(parts, family);
  const context = { address: leg.address, preferred, index };
  if (leg.security.kind === 'dtls') return answerBrowser(parts, leg, description, context);
  const before = leg.security;
  if (security.kind === 'sdes')
    leg.security = sdesToAnswer(before, description.media[index]?.protocol ?? '', security.crypto);
  else if (security.kind === 'none') leg.security = security;
  const answered = answerPhone(parts, leg, description, context);
  // A refused offer changes nothing (RFC 3261 §14.2).
  if (!answered.ok) leg.security = before;
  return answered;
}

type AnswerContext = LocalContext & { readonly index: number };

function answerPhone(parts: PhoneParts, leg: PhoneLeg, offer: SessionDescription, context: AnswerContext): Described {
  const written = writeAnswer(leg, offer, context);
  if (!written.ok) return written;
  leg.localOffer = null;
  const refused = applyToEngine(parts, leg, written.value.agreed);
  if (refused !== undefined) return refused;
  rememberAnswer(leg, written.value);
  return { ok: true, sdp: leg.local?.text ?? '' };
}

async function answerBrowser(
  parts: PhoneParts,
  leg: PhoneLeg,
  offer: SessionDescription,
  context: AnswerContext,
): Promise<Described> {
  const first = writeAnswer(leg, offer, context);
  if (!first.ok) return first;
  const side = await followOffer(parts, leg, first.value.agreed);
  if ('ok' in side) return side;
  leg.localOffer = null;
  const settled = await settle(parts, leg, first.value.agreed);
  if (!settled.ok) return settled;
  // Written again: credentials and the SSRC may have become known only now.
  const written = writeAnswer(leg, offer, context);
  if (!written.ok) return written;
  rememberAnswer(leg, written.value);
  return { ok: true, sdp: leg.local?.text ?? '' };
}

export function codecsOf(parts: PhoneParts, endpointId: EndpointId | undefined): string[] {
  return parts.legs.codecsOf(endpointId);
}

/** What an answer agreed counts from now on. */
function settle(
  parts: PhoneParts,
  leg: PhoneLeg,
  agreed: AgreedAudio,
): { ok: true } | Refusal | Promise<{ ok: true } | Refusal> {
  const { security } = leg;
  // Before anything is told to anybody.
  const media = endpointMediaOf(agreed);
  if (!media.ok) return media;
  const settled = (refused: Refusal | undefined): { ok: true } | Refusal => {
    const still = refused ?? tellEngine(parts, leg, { agreed, media: media.value });
    if (still !== undefined) return still;
    leg.agreed = agreed;
    return { ok: true };
  };
  return security.kind === 'dtls' ? agreeWebRtc(parts, leg, security, agreed).then(settled) : settled(undefined);
}

/** Tells the audio engine what was agreed. @returns why not */
function applyToEngine(parts: PhoneParts, leg: PhoneLeg, agreed: AgreedAudio): Refusal | undefined {
  const media = endpointMediaOf(agreed);
  return media.ok ? tellEngine(parts, leg, { agreed, media: media.value }) : media;
}

function tellEngine(
  parts: PhoneParts,
  leg: PhoneLeg,
  { agreed, media }: { readonly agreed: AgreedAudio; readonly media: EndpointMedia },
): Refusal | undefined {
  const wire = protectedMedia(leg, media, agreed);
  if ('ok' in wire) return wire;
  const told = sendToRemote(parts, leg, { agreed, media: wire });
  return told.ok ? undefined : refusalOf(told);
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
      if (sdes.kind === 'plain' && leg.mustEncrypt)
        return refusal(
          'MEDIA.TRANSPORT_NOT_ACCEPTABLE',
          'The answer has sound in the clear, and this line takes SRTP alone.',
        );
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
