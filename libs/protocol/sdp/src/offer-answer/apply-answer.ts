import type { SessionDescription } from '../session-description.js';
import { hasAttribute } from '../views/attributes.js';
import { directionOf, narrowDirection, reverseDirection } from '../views/direction.js';
import { mediaAddressesOf, packetTimeOf } from '../views/media-transport.js';
import { rtpFormatsOf, type RtpFormat } from '../views/rtp-formats.js';
import type { AgreedAudio, AlsoAgreed } from './agreed-audio.js';
import { protectionProblem, type ProtectionProblem } from './answered-protection.js';
import { isSameName, isTelephoneEvent, telephoneEventFor } from './match-codecs.js';

export type AppliedAnswer =
  | { readonly ok: true; readonly audio: AgreedAudio }
  /**
   * `rejected`: the audio was declined (port 0). `mismatch`: sections differ in number or kind (RFC 3264 §6).
   * `no-codec`: nothing that we offered. `no-address`: no usable `c=`. Others: protected in another way than offered.
   */
  | { readonly ok: false; readonly code: 'rejected' | 'mismatch' | 'no-codec' | 'no-address' | ProtectionProblem };

/** What the answer to our offer agreed about the offer's first live audio section. */
export function applyAnswer(offer: SessionDescription, answer: SessionDescription): AppliedAnswer {
  const index = offer.media.findIndex((media) => media.type === 'audio' && media.port !== 0);
  const ours = offer.media[index];
  const theirs = answer.media[index];
  if (ours === undefined || theirs === undefined || answer.media.length < offer.media.length)
    return { ok: false, code: 'mismatch' };
  // Some phones decline, at the end, video that nobody offered: that changes nothing.
  if (answer.media.slice(offer.media.length).some(({ port }) => port !== 0)) return { ok: false, code: 'mismatch' };
  if (theirs.type !== 'audio') return { ok: false, code: 'mismatch' };
  if (theirs.port === 0) return { ok: false, code: 'rejected' };
  const problem = protectionProblem({ session: offer, media: ours }, { session: answer, media: theirs });
  if (problem !== undefined) return { ok: false, code: problem };
  const addresses = mediaAddressesOf(answer, theirs);
  if (addresses === undefined) return { ok: false, code: 'no-address' };
  const offered = rtpFormatsOf(ours);
  const answered = rtpFormatsOf(theirs);
  const codec = chosenCodec(offered, answered);
  if (codec === undefined) return { ok: false, code: 'no-codec' };
  const telephoneEvent = agreedEvent(offered, answered, codec.clockRate);
  return {
    ok: true,
    audio: {
      index,
      codec,
      telephoneEvent,
      others: otherFormats(offered, answered, [codec.receivePayloadType, telephoneEvent?.receivePayloadType]),
      remote: addresses.rtp,
      remoteRtcp: addresses.rtcp,
      rtcpMux: addresses.rtcpMux && hasAttribute(ours, 'rtcp-mux'),
      direction: narrowDirection(directionOf(offer, ours), reverseDirection(directionOf(answer, theirs))),
      packetTimeMs: packetTimeOf(theirs),
      protocol: theirs.protocol,
      remoteSession: answer,
      remoteMedia: theirs,
    },
  };
}

/** The answer's first codec that we offered; the numbers may differ, and then each side uses the other's (RFC 3264 §6.1). */
function chosenCodec(offered: readonly RtpFormat[], answered: readonly RtpFormat[]): AgreedAudio['codec'] | undefined {
  for (const format of answered) {
    const own = offered.find((candidate) => !isTelephoneEvent(candidate) && isSame(candidate, format));
    if (own === undefined) continue;
    const { name, clockRate, channels, fmtp, payloadType } = format;
    return { name, clockRate, channels, fmtp, payloadType, receivePayloadType: own.payloadType };
  }
  return undefined;
}

function agreedEvent(
  offered: readonly RtpFormat[],
  answered: readonly RtpFormat[],
  clockRate: number,
): AgreedAudio['telephoneEvent'] {
  const event = telephoneEventFor(answered, clockRate);
  if (event === undefined) return undefined;
  const own = offered.find((format) => isTelephoneEvent(format) && format.clockRate === event.clockRate);
  if (own === undefined) return undefined;
  return { payloadType: event.payloadType, receivePayloadType: own.payloadType, clockRate: event.clockRate };
}

/** What is left in common. Each number of ours counts once, so there are no more than we offered. */
function otherFormats(
  offered: readonly RtpFormat[],
  answered: readonly RtpFormat[],
  taken: readonly (number | undefined)[],
): AlsoAgreed[] {
  const others: AlsoAgreed[] = [];
  for (const own of offered) {
    const receivePayloadType = own.payloadType;
    if (taken.includes(receivePayloadType)) continue;
    if (others.some((known) => known.receivePayloadType === receivePayloadType)) continue;
    const format = answered.find((candidate) => isSame(candidate, own));
    if (format === undefined) continue;
    const { name, clockRate, payloadType } = format;
    others.push({ name, clockRate, payloadType, receivePayloadType });
  }
  return others;
}

function isSame(one: RtpFormat, other: RtpFormat): boolean {
  return one.clockRate === other.clockRate && one.channels === other.channels && isSameName(one.name, other.name);
}
