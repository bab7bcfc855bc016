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
  const matches: CodecMatch[] = [];
  if (order === 'ours') {
    for (const codec of codecs)
      for (const format of formats) if (isSameCodec(codec, format)) matches.push({ codec, format });
  } else {
    for (const format of formats)
      for (const codec of codecs) if (isSameCodec(codec, format)) matches.push({ codec, format });
  }
  return matches;
}

function isSameCodec(codec: AudioCodec, format: RtpFormat): boolean {
  return (
    codec.clockRate === format.clockRate &&
    (codec.channels ?? 1) === format.channels &&
    isSameName(codec.name, format.name)
  );
}

/** Encoding names compare without case (RFC 8866 §6.6); most are written as everybody writes them. */
export function isSameName(one: string, other: string): boolean {
  return one === other || (one.length === other.length && one.toLowerCase() === other.toLowerCase());
}

export function isTelephoneEvent(format: RtpFormat): boolean {
  return isSameName(format.name, 'telephone-event');
}

/** Clocks of audio codecs, in which the length of a key can be counted; no key is agreed in another. */
const EVENT_CLOCK_RATES: ReadonlySet<number> = new Set([8000, 16_000, 32_000, 48_000]);

/**
 * The telephone-event format that goes with a codec: of the same clock rate (RFC 4733 §2.1 wants one timestamp clock
 * in a stream), else the 8 kHz one, which phones offer next to opus alone, else whichever they have: keys whose clock is
 * said are better than none.
 */
export function telephoneEventFor(formats: readonly RtpFormat[], clockRate: number): RtpFormat | undefined {
  let other: RtpFormat | undefined;
  for (const format of formats) {
    if (!isTelephoneEvent(format) || !EVENT_CLOCK_RATES.has(format.clockRate)) continue;
    if (format.clockRate === clockRate) return format;
    if (other === undefined || (format.clockRate === 8000 && other.clockRate !== 8000)) other = format;
  }
  return other;
}
