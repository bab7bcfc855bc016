import type { Attribute, MediaDescription, Origin, SessionDescription } from '../session-description.js';
import { directionOf, narrowDirection, reverseDirection } from '../views/direction.js';
import { groupsOf, isDisabled, midOf, transportSectionOf } from '../views/groups.js';
import { mediaAddressesOf, packetTimeOf } from '../views/media-transport.js';
import { rtpFormatsOf, type RtpFormat } from '../views/rtp-formats.js';
import type { AgreedAudio } from './agreed-audio.js';
import { rejectSection, writeAudioSection, type WrittenFormat } from './audio-section.js';
import type { LocalAudio } from './local-audio.js';
import { describe } from './make-offer.js';
import { matchCodecs, telephoneEventFor, type CodecMatch, type CodecOrder } from './match-codecs.js';

export interface AnswerOptions {
  readonly offer: SessionDescription;
  readonly origin: Origin;
  readonly audio: LocalAudio;
  /** Whose codec order counts; ours unless told otherwise. */
  readonly order?: CodecOrder;
}

export type AnswerOutcome =
  | { readonly ok: true; readonly answer: SessionDescription; readonly audio: AgreedAudio }
  /** No audio section that both can do: SIP answers 488. */
  | { readonly ok: false; readonly code: 'not-acceptable' };

/**
 * Answers an offer (RFC 3264 §6): takes the first audio section that both can do with one codec and its
 * telephone-event, and rejects every other section with port 0 in its place.
 */
export function answerOffer({ offer, origin, audio, order }: AnswerOptions): AnswerOutcome {
  const chosen = chooseAudio(offer, audio, order);
  if (chosen === undefined) return { ok: false, code: 'not-acceptable' };
  const sections = offer.media.map((media, index) =>
    index === chosen.agreed.index ? chosen.section : rejectSection(media),
  );
  const attributes = [...bundleOf(offer, chosen.agreed.index), ...(audio.sessionAttributes ?? [])];
  const answer = describe(origin, { address: audio.address, attributes }, sections);
  return { ok: true, answer, audio: chosen.agreed };
}

interface Chosen {
  readonly agreed: AgreedAudio;
  readonly section: MediaDescription;
}

function chooseAudio(offer: SessionDescription, local: LocalAudio, order: CodecOrder | undefined): Chosen | undefined {
  for (const [index, media] of offer.media.entries()) {
    if (!isUsable(offer, media, local)) continue;
    // A bundled section without a port of its own uses its group's (RFC 8843 §6).
    const addresses = mediaAddressesOf(offer, media.port === 0 ? transportSectionOf(offer, media) : media);
    const [match] = matchCodecs(rtpFormatsOf(media), local.codecs, order);
    if (addresses === undefined || match === undefined) continue;
    const event = eventOf(media, match, local);
    const direction = narrowDirection(local.direction, reverseDirection(directionOf(offer, media)));
    const rtcpMux = addresses.rtcpMux && local.rtcpMux === true;
    const { name, clockRate, channels, fmtp, payloadType } = match.format;
    const agreed: AgreedAudio = {
      index,
      codec: { name, clockRate, channels, fmtp, payloadType, receivePayloadType: payloadType },
      telephoneEvent: event === undefined ? undefined : sameBothWays(event),
      // An answer of ours lists one codec, and nothing else may be sent to it.
      others: [],
      remote: addresses.rtp,
      remoteRtcp: addresses.rtcp,
      rtcpMux,
      direction,
      packetTimeMs: packetTimeOf(media),
      protocol: media.protocol,
      remoteSession: offer,
      remoteMedia: media,
    };
    const formats = [written(match.format, match.codec.fmtp)];
    if (event !== undefined) formats.push(written(event, '0-15'));
    const section = writeAudioSection(local, {
      formats,
      direction,
      protocol: media.protocol,
      rtcpMux,
      mid: midOf(media),
    });
    return { agreed, section };
  }
  return undefined;
}

function isUsable(offer: SessionDescription, media: MediaDescription, local: LocalAudio): boolean {
  if (local.onlySection !== undefined && offer.media[local.onlySection] !== media) return false;
  return media.type === 'audio' && !isDisabled(offer, media) && local.protocols.includes(media.protocol);
}

function eventOf(media: MediaDescription, match: CodecMatch, local: LocalAudio): RtpFormat | undefined {
  return local.telephoneEvent === false ? undefined : telephoneEventFor(rtpFormatsOf(media), match.format.clockRate);
}

/** An answer repeats the offer's numbers, so both ways use one (RFC 3264 §6.1). */
function sameBothWays({ payloadType, clockRate }: RtpFormat): AgreedAudio['telephoneEvent'] {
  return { payloadType, receivePayloadType: payloadType, clockRate };
}

/** A format of theirs with what we say about receiving it. */
function written({ payloadType, name, clockRate, channels }: RtpFormat, fmtp: string | undefined): WrittenFormat {
  return { payloadType, name, clockRate, channels, fmtp };
}

/** RFC 9143 §7.3: the answer's BUNDLE lists only accepted sections. */
function bundleOf(offer: SessionDescription, index: number): Attribute[] {
  const media = offer.media[index];
  const mid = media === undefined ? undefined : midOf(media);
  const bundled = groupsOf(offer).some((group) => group.semantics === 'BUNDLE' && mid && group.mids.includes(mid));
  return bundled ? [{ name: 'group', value: `BUNDLE ${mid}` }] : [];
}
