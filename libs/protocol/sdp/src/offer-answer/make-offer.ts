import type { Attribute, MediaDescription, Origin, SessionDescription } from '../session-description.js';
import { midOf } from '../views/groups.js';
import { connectionTo, rejectSection, writeAudioSection, type WrittenFormat } from './audio-section.js';
import { keepPayloadTypes } from './keep-payload-types.js';
import { TELEPHONE_EVENT_PAYLOAD_TYPES, type LocalAudio } from './local-audio.js';

export interface OfferOptions {
  /** Next in a session: `nextOrigin(previous.origin)`. */
  readonly origin: Origin;
  readonly audio: LocalAudio;
  /**
   * A later offer keeps the number and order of sections (RFC 3264 §8): either side's last description, and which
   * section is the audio. The others are offered as removed. `other` is that section as the other side last sent it.
   */
  readonly previous?: {
    readonly description: SessionDescription;
    readonly audioIndex: number;
    readonly other?: MediaDescription;
  };
}

/** Writes an offer of one audio stream with all our codecs (RFC 3264 §5). */
export function makeOffer({ origin, audio, previous }: OfferOptions): SessionDescription {
  const before = previous?.description.media[previous.audioIndex];
  const said = [before, previous?.other].filter((media) => media !== undefined);
  const formats = keepPayloadTypes([...audio.codecs.map(writtenCodec), ...telephoneEvents(audio)], said);
  const section = writeAudioSection(audio, {
    formats,
    direction: audio.direction,
    protocol: audio.protocols[0] ?? 'RTP/AVP',
    rtcpMux: audio.rtcpMux === true,
    mid: before === undefined ? undefined : midOf(before),
  });
  return describe(
    origin,
    { address: audio.address, attributes: audio.sessionAttributes ?? [] },
    sectionsWith(section, previous),
  );
}

/** The session part around sections of ours. */
export function describe(
  origin: Origin,
  { address, attributes }: { readonly address: string; readonly attributes: readonly Attribute[] },
  media: readonly MediaDescription[],
): SessionDescription {
  return {
    origin,
    name: '-',
    emails: [],
    phones: [],
    connection: connectionTo(address),
    bandwidths: [],
    times: [{ start: '0', stop: '0', repeats: [] }],
    attributes,
    media,
  };
}

function sectionsWith(section: MediaDescription, previous: OfferOptions['previous']): MediaDescription[] {
  if (previous === undefined) return [section];
  return previous.description.media.map((old, index) => (index === previous.audioIndex ? section : rejectSection(old)));
}

function writtenCodec(codec: LocalAudio['codecs'][number]): WrittenFormat {
  const { payloadType, name, clockRate, fmtp } = codec;
  return { payloadType, name, clockRate, channels: codec.channels ?? 1, fmtp };
}

/** One telephone-event for each clock rate of our codecs, so that whichever is chosen has its own. */
function telephoneEvents({ telephoneEvent, codecs }: LocalAudio): WrittenFormat[] {
  const events: WrittenFormat[] = [];
  if (telephoneEvent === false) return events;
  for (const { clockRate } of codecs) {
    const payloadType = TELEPHONE_EVENT_PAYLOAD_TYPES[clockRate];
    if (payloadType === undefined || events.some((event) => event.clockRate === clockRate)) continue;
    events.push({ payloadType, name: 'telephone-event', clockRate, channels: 1, fmtp: '0-15' });
  }
  return events;
}
