import type { RtpFormat } from '../views/rtp-formats.js';
import type { AudioCodec } from './local-audio.js';

export interface CodecMatch {
  readonly codec: AudioCodec;
  readonly format: RtpFormat;
}

/** Whose order decides: RFC 3264 §6.1 lets the answerer choose, and advises the offer's order. */
export type CodecOrder = 'ours' | 'theirs';

/** Every codec that both can do, best first. */
export function matchCodecs(
  formats: readonly RtpFormat[],
  codecs: readonly AudioCodec[],
  order: CodecOrder = 'ours',
): CodecMatch[] {
  const pairs = (codec: AudioCodec, format: RtpFormat): CodecMatch[] =>
    isSameCodec(codec, format) ? [{ codec, format }] : [];
  return order === 'ours'
    ? codecs.flatMap((codec) => formats.flatMap((format) => pairs(codec, format)))
    : formats.flatMap((format) => codecs.flatMap((codec) => pairs(codec, format)));
}

export function isSameCodec(codec: AudioCodec, format: RtpFormat): boolean {
  return (
    codec.name.toLowerCase() === format.name.toLowerCase() &&
    codec.clockRate === format.clockRate &&
    (codec.channels ?? 1) === format.channels
  );
}

/**
 * The telephone-event format that goes with a codec: of the same clock rate (RFC 4733 §2.1 wants one timestamp clock
 * in a stream), else the 8 kHz one, which phones offer next to opus alone.
 */
export function telephoneEventFor(formats: readonly RtpFormat[], clockRate: number): RtpFormat | undefined {
  const events = formats.filter((format) => format.name.toLowerCase() === 'telephone-event');
  return events.find((event) => event.clockRate === clockRate) ?? events.find((event) => event.clockRate === 8000);
}
