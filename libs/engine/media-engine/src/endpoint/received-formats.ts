import type { AgreedFormat, EndpointMedia } from '../api/endpoint.js';
import type { AudioCodec } from '../codecs/audio-codec.js';
import { CODECS } from '../codecs/codec-table.js';

/** RFC 3389 comfort noise, of all codecs with a clock of 8000; understood as silence. */
const COMFORT_NOISE_PAYLOAD_TYPE = 13;
/** Packets on end in one codec before the stream is relayed as it is again: who changes at every packet is decoded. */
const STEADY_PACKETS = 50;
/** Our four codecs, and telephone-event at two clock rates, less what is sent with. */
const MOST_OTHERS = 5;
const EVENT_CLOCK_RATE = 8000;

interface ReceivedFormat {
  readonly payloadType: number;
  /** Null: telephone-event. */
  readonly codec: AudioCodec | null;
  readonly clockRate: number;
}

/**
 * What may be received on a leg, and what is: of all formats in common the other side may send any at any time
 * (RFC 3264 §5.1, §6.1), whichever we send.
 */
export class ReceivedFormats {
  /** Of the latest sound; what was chosen until there is some. */
  codec: AudioCodec | null = null;
  private chosen: AudioCodec | null = null;
  private formats: readonly ReceivedFormat[] = [];
  private payloadType = -1;
  private steadyPackets = STEADY_PACKETS;

  agree(media: EndpointMedia): void {
    const chosen = CODECS[media.codec];
    this.formats = formatsOf(media);
    const goesOn = chosen === this.chosen && this.formats.some(({ codec }) => codec !== null && codec === this.codec);
    this.payloadType = -1;
    this.chosen = chosen;
    if (goesOn) return;
    this.codec = chosen;
    this.steadyPackets = STEADY_PACKETS;
  }

  /** What a packet is by its payload type; `unknown`: not agreed. */
  kindOf(payloadType: number): 'audio' | 'event' | 'ignored' | 'unknown' {
    if (payloadType === this.payloadType) return 'audio';
    const format = this.find(payloadType);
    if (format !== undefined) return format.codec === null ? 'event' : 'audio';
    return payloadType === COMFORT_NOISE_PAYLOAD_TYPE && this.formats.length > 0 ? 'ignored' : 'unknown';
  }

  /**
   * Takes note of a packet of sound.
   * @returns whether `codec` or `steadyCodec` is another now
   */
  follow(payloadType: number): boolean {
    if (payloadType !== this.payloadType) {
      const codec = this.find(payloadType)?.codec ?? this.codec;
      this.payloadType = payloadType;
      if (codec !== this.codec) {
        this.codec = codec;
        this.steadyPackets = 0;
        return true;
      }
    }
    if (this.steadyPackets === STEADY_PACKETS) return false;
    this.steadyPackets += 1;
    return this.steadyPackets === STEADY_PACKETS;
  }

  /** What the packets of this leg are in, and have been for a while: only such are relayed as they are. */
  get steadyCodec(): AudioCodec | null {
    return this.steadyPackets === STEADY_PACKETS ? this.codec : null;
  }

  /** Of the latest sound's timestamps. */
  get clockRate(): number {
    return this.codec?.clockRate ?? EVENT_CLOCK_RATE;
  }

  /** What the durations of keys under this payload type are counted in, Hz. */
  eventClockRate(payloadType: number): number {
    return this.find(payloadType)?.clockRate ?? EVENT_CLOCK_RATE;
  }

  private find(payloadType: number): ReceivedFormat | undefined {
    for (const format of this.formats) if (format.payloadType === payloadType) return format;
    return undefined;
  }
}

/**
 * Numbers of ours count before theirs: with ours the other side is to send (RFC 3264 §6.1), with its own some do where
 * the two differ.
 */
function formatsOf({
  codec,
  payloadType,
  receivePayloadType,
  telephoneEvent,
  others = [],
}: EndpointMedia): ReceivedFormat[] {
  const agreed: AgreedFormat[] = [
    { format: codec, payloadType, ...(receivePayloadType === undefined ? {} : { receivePayloadType }) },
  ];
  if (telephoneEvent !== undefined) agreed.push({ format: 'telephone-event', ...telephoneEvent });
  agreed.push(...others.slice(0, MOST_OTHERS));
  const formats: ReceivedFormat[] = [];
  const add = (number: number | undefined, { format, clockRate = EVENT_CLOCK_RATE }: AgreedFormat): void => {
    if (number === undefined || formats.some((known) => known.payloadType === number)) return;
    const known = format === 'telephone-event' ? null : CODECS[format];
    formats.push({ payloadType: number, codec: known, clockRate: known?.clockRate ?? clockRate });
  };
  for (const one of agreed) add(one.receivePayloadType ?? one.payloadType, one);
  for (const one of agreed) add(one.payloadType, one);
  return formats;
}
