import type { MediaDescription } from '../session-description.js';
import { isDigits } from '../parse-lines.js';
import { ReadMedia } from '../source-text.js';

/** One payload type of an RTP media section: its rtpmap (or its static meaning) and its fmtp. */
export interface RtpFormat {
  readonly payloadType: number;
  /** Encoding name as written, e.g. `PCMU`, `opus`, `telephone-event`. Compare without case. */
  readonly name: string;
  /** Hz. */
  readonly clockRate: number;
  /** 1 where the rtpmap says nothing. */
  readonly channels: number;
  readonly fmtp: string | undefined;
}

/** Its rtpmap always says two channels, whatever is sent (RFC 7587 §7): phones that say one, or none, mean the same. */
const OPUS = 'opus';

/** The first number that is too large for a payload type (RFC 3550 §5.1: seven bits). */
const NO_PAYLOAD_TYPE = 128;

/** Hz; no format of sound or picture that phones send counts faster. */
const FASTEST_CLOCK = 384_000;

/** Payload types that need no rtpmap (RFC 3551 §6). G722's clock rate is 8000 by an old mistake that stays. */
const STATIC_FORMATS: Readonly<Record<number, readonly [name: string, clockRate: number]>> = {
  0: ['PCMU', 8000],
  3: ['GSM', 8000],
  4: ['G723', 8000],
  5: ['DVI4', 8000],
  7: ['LPC', 8000],
  8: ['PCMA', 8000],
  9: ['G722', 8000],
  12: ['QCELP', 8000],
  13: ['CN', 8000],
  15: ['G728', 8000],
  18: ['G729', 8000],
  26: ['JPEG', 90_000],
  31: ['H261', 90_000],
  34: ['H263', 90_000],
};

/** Encodings of one clock rate, which some phones leave out of the rtpmap though RFC 8866 §6.6 wants it. */
const ONLY_CLOCK_RATES: ReadonlyMap<string, number> = new Map([
  ['pcmu', 8000],
  ['pcma', 8000],
  ['g722', 8000],
  ['gsm', 8000],
  ['g729', 8000],
  ['cn', 8000],
  // The rate of old (RFC 4733 §7.1.1), and of every phone that knows no other.
  ['telephone-event', 8000],
  [OPUS, 48_000],
]);

/**
 * Formats in the order of preference of the `m=` line; dynamic ones without an rtpmap mean nothing and are left out. Of a
 * section that was read they are worked out once: an offer and its answer ask for them several times.
 */
export function rtpFormatsOf(media: MediaDescription): readonly RtpFormat[] {
  return ReadMedia.formatsOf(media, readFormats);
}

function readFormats(media: MediaDescription): RtpFormat[] {
  const rtpmaps: (string | undefined)[] = [];
  const fmtps: (string | undefined)[] = [];
  for (const { name, value } of media.attributes) {
    if (value === undefined) continue;
    if (name === 'rtpmap') keepFirst(rtpmaps, value);
    else if (name === 'fmtp') keepFirst(fmtps, value);
  }
  const formats: RtpFormat[] = [];
  for (const text of media.formats) {
    const payloadType = isNumber(text, 3) ? Number(text) : NO_PAYLOAD_TYPE;
    const encoding = payloadType < NO_PAYLOAD_TYPE ? encodingOf(payloadType, rtpmaps[payloadType]) : undefined;
    if (encoding === undefined) continue;
    const { name, clockRate, channels } = encoding;
    formats.push({ payloadType, name, clockRate, channels, fmtp: fmtps[payloadType] });
  }
  return formats;
}

/** `key=value;key2=value2` to a map, keys in lower case; a lone word gets ''. */
export function parseFormatParameters(fmtp: string | undefined): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const part of (fmtp ?? '').split(';', 64)) {
    const equals = part.indexOf('=');
    const key = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (key !== '') parameters.set(key, equals < 0 ? '' : part.slice(equals + 1).trim());
  }
  return parameters;
}

interface Encoding {
  readonly name: string;
  readonly clockRate: number;
  readonly channels: number;
}

/** `PCMU/8000` or `opus/48000/2`. */
function encodingOf(payloadType: number, rtpmap: string | undefined): Encoding | undefined {
  const written = rtpmap === undefined ? undefined : parseEncoding(rtpmap.trimEnd());
  if (written !== undefined) return written;
  const known = STATIC_FORMATS[payloadType];
  return known === undefined ? undefined : { name: known[0], clockRate: known[1], channels: 1 };
}

function parseEncoding(text: string): Encoding | undefined {
  const slash = text.indexOf('/');
  const name = slash < 0 ? text : text.slice(0, slash);
  if (name === '' || hasBlank(name)) return undefined;
  const known = name.toLowerCase();
  const second = slash < 0 ? -1 : text.indexOf('/', slash + 1);
  const written = slash < 0 ? '' : text.slice(slash + 1, second < 0 ? text.length : second);
  const clockRate = isNumber(written, 7) ? Number(written) : written === '' ? ONLY_CLOCK_RATES.get(known) : undefined;
  const channels = second < 0 ? '' : text.slice(second + 1);
  if (clockRate === undefined || clockRate === 0 || clockRate > FASTEST_CLOCK) return undefined;
  if (channels !== '' && !isNumber(channels, 2)) return undefined;
  return { name, clockRate, channels: known === OPUS ? 2 : Number(channels) || 1 };
}

function isNumber(text: string, mostDigits: number): boolean {
  return text.length <= mostDigits && isDigits(text);
}

function hasBlank(text: string): boolean {
  return /\s/.test(text);
}

/** What stands behind the payload type of an `rtpmap` or `fmtp`, unless an earlier one spoke of the same. */
function keepFirst(byPayloadType: (string | undefined)[], written: string): void {
  const value = written.trimStart();
  let payloadType = 0;
  let end = 0;
  for (; end < 4 && isDigit(value, end); end += 1) payloadType = payloadType * 10 + value.charCodeAt(end) - 0x30;
  if (end === 0 || end > 3 || payloadType >= NO_PAYLOAD_TYPE) return;
  const rest = value.slice(end);
  const trimmed = rest.trimStart();
  if (trimmed.length < rest.length) byPayloadType[payloadType] ??= trimmed;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}
