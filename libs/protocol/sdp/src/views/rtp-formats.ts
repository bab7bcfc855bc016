import type { MediaDescription } from '../session-description.js';
import { attributeValues } from './attributes.js';

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

/** Formats in the order of preference of the `m=` line; dynamic ones without an rtpmap mean nothing and are left out. */
export function rtpFormatsOf(media: MediaDescription): RtpFormat[] {
  const rtpmaps = byPayloadType(attributeValues(media, 'rtpmap'));
  const fmtps = byPayloadType(attributeValues(media, 'fmtp'));
  const formats: RtpFormat[] = [];
  for (const text of media.formats) {
    const payloadType = /^\d{1,3}$/.test(text) ? Number(text) : 128;
    const encoding = payloadType > 127 ? undefined : encodingOf(payloadType, rtpmaps.get(payloadType));
    if (encoding !== undefined) formats.push({ payloadType, ...encoding, fmtp: fmtps.get(payloadType) });
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

function encodingOf(
  payloadType: number,
  rtpmap: string | undefined,
): { name: string; clockRate: number; channels: number } | undefined {
  const match = /^([^/\s]+)\/(\d{1,7})(?:\/(\d{1,2}))?\s*$/.exec(rtpmap ?? '');
  if (match?.[1] !== undefined)
    return { name: match[1], clockRate: Number(match[2]), channels: match[3] === undefined ? 1 : Number(match[3]) };
  const known = STATIC_FORMATS[payloadType];
  return known === undefined ? undefined : { name: known[0], clockRate: known[1], channels: 1 };
}

function byPayloadType(values: readonly string[]): Map<number, string> {
  const map = new Map<number, string>();
  for (const value of values) {
    // With `s` the end always fits: without, a line separator after many blanks would be tried from each of them.
    const match = /^(\d{1,3})\s+(.*)$/s.exec(value);
    if (match !== null && !map.has(Number(match[1]))) map.set(Number(match[1]), match[2] ?? '');
  }
  return map;
}
