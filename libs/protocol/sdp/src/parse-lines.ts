import type { Attribute, Bandwidth, Connection, Origin } from './session-description.js';
import { SDP_LIMITS } from './limits.js';

/**
 * Lines ended by CRLF, or by LF or CR alone.
 * @param most how many are told apart: what is beyond is left out
 */
export function linesOf(text: string, most: number): string[] {
  const lines: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length && lines.length < most; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== CR && code !== LF) continue;
    lines.push(text.slice(start, at));
    if (code === CR && text.charCodeAt(at + 1) === LF) at += 1;
    start = at + 1;
  }
  if (lines.length < most) lines.push(text.slice(start));
  return lines;
}

const CR = 0x0d;
const LF = 0x0a;

/** The words between runs of blanks, and of tabs, which a phone or two writes. */
function wordsOf(value: string): string[] {
  const words: string[] = [];
  const text = (value.includes('\t') ? value.replaceAll('\t', ' ') : value).trim();
  for (let start = 0; start < text.length;) {
    const blank = text.indexOf(' ', start);
    const end = blank < 0 ? text.length : blank;
    if (end > start) words.push(text.slice(start, end));
    start = end + 1;
  }
  return words;
}

/** One digit or more, and nothing else. */
export function isDigits(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return text.length > 0;
}

/**
 * RFC 8866 §5.2: six fields. Nobody follows them for media, so what phones get wrong in them costs no call: a blank username
 * is read as `-`, blanks in one as `_`, what stands behind the address is left out, and ids are read by their digits.
 */
export function parseOrigin(value: string): Origin | undefined {
  const fields = wordsOf(value);
  if (fields.length === 5) fields.unshift('-');
  const [, id = '', version = ''] = fields;
  const network = fields.length === 6 && isDigits(id) && isDigits(version) ? 3 : internetOf(fields);
  if (network < 3) return undefined;
  const [sessionId = '', sessionVersion = '', networkType = '', addressType = '', address] = fields.slice(network - 2);
  if (address === undefined) return undefined;
  return {
    username: network === 3 ? (fields[0] ?? '-') : fields.slice(0, network - 2).join('_'),
    sessionId: digitsOf(sessionId),
    sessionVersion: digitsOf(sessionVersion),
    networkType,
    addressType,
    address,
  };
}

/** Where the last `IN IP4` or `IN IP6` of an origin begins, or -1. */
function internetOf(fields: readonly string[]): number {
  return fields.findLastIndex((field, at) => /^IN$/i.test(field) && /^IP[46]$/i.test(fields[at + 1] ?? ''));
}

/** Some phones print a number of 32 bits with its sign. */
function digitsOf(id: string): string {
  return isDigits(id) ? id : id.replace(/\D/g, '') || '0';
}

/** RFC 8866 §5.7. Brackets around IPv6 are for URIs alone; what stands behind the address says nothing. */
export function parseConnection(value: string): Connection | undefined {
  const [networkType = '', addressType = '', address = ''] = wordsOf(value);
  const plain = address.startsWith('[') && address.endsWith(']') ? address.slice(1, -1) : address;
  if (plain === '') return undefined;
  return { networkType: networkType.toUpperCase(), addressType: addressType.toUpperCase(), address: plain };
}

/** RFC 8866 §5.8: `<bwtype>:<bandwidth>`. */
export function parseBandwidth(value: string): Bandwidth | undefined {
  const colon = value.indexOf(':');
  if (colon <= 0 || !/^\d+(\.\d+)?$/.test(value.slice(colon + 1).trim())) return undefined;
  return { type: value.slice(0, colon), value: value.slice(colon + 1).trim() };
}

/**
 * RFC 8866 §5.13: `<name>` or `<name>:<value>`. A name with characters that the RFC does not allow is some attribute that
 * we do not know: it is kept, since dropping a whole call over it helps nobody.
 * @returns undefined where there is no name: it says nothing
 */
export function parseAttribute(value: string): Attribute | undefined {
  const colon = value.indexOf(':');
  const name = (colon < 0 ? value : value.slice(0, colon)).trim();
  if (name === '') return undefined;
  return colon < 0 ? { name } : { name, value: value.slice(colon + 1) };
}

export interface MediaLine {
  readonly type: string;
  readonly port: number;
  readonly portCount: number | undefined;
  readonly protocol: string;
  readonly formats: readonly string[];
}

/** RFC 8866 §5.9: `<start> <stop>`. */
export function parseTime(value: string): { start: string; stop: string } | undefined {
  const fields = wordsOf(value);
  if (fields.length !== 2) return undefined;
  const [start = '', stop = ''] = fields;
  return isDigits(start) && isDigits(stop) ? { start, stop } : undefined;
}

/**
 * RFC 8866 §5.14: `<media> <port>[/<count>] <proto> <fmt> ...`. Of a stream that is off (port 0), kind and port are enough,
 * and RTP without formats is a stream of which nothing can be taken. More formats than there are payload types are left out.
 */
export function parseMediaLine(value: string): MediaLine | undefined {
  const formats = wordsOf(value);
  const [type = '', ports = '', protocol = ''] = formats.splice(0, 3);
  const slash = ports.indexOf('/');
  const first = slash < 0 ? ports : ports.slice(0, slash);
  const count = slash < 0 ? undefined : ports.slice(slash + 1);
  if (!isShortNumber(first) || (count !== undefined && !isShortNumber(count)) || Number(first) > 65_535)
    return undefined;
  const port = Number(first);
  if (formats.length === 0 && port !== 0 && !protocol.includes('/')) return undefined;
  if (formats.length > SDP_LIMITS.maxFormats) formats.length = SDP_LIMITS.maxFormats;
  const portCount = count === undefined ? undefined : Number(count);
  return { type: type.toLowerCase(), port, portCount, protocol: protocolOf(protocol), formats };
}

/** Of RTP, in capitals; RFC 8866 §5 tells small letters from those, and nobody means something else by them. */
const RTP_PROTOCOL = /^(?:udp\/tls\/)?rtp\/s?avpf?$/i;

function protocolOf(written: string): string {
  if (written === '') return 'RTP/AVP';
  return RTP_PROTOCOL.test(written) ? written.toUpperCase() : written;
}

function isShortNumber(text: string): boolean {
  return text.length <= 5 && isDigits(text);
}
