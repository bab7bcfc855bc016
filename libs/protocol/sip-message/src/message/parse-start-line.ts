import { SPACE, isToken } from '../values/characters.js';
import type { MalformedCode } from './parse-result.js';

/** A Request-Line taken apart (RFC 3261 §7.1); offsets count from its first character. */
export interface RequestLine {
  readonly kind: 'request';
  readonly method: string;
  readonly uriStart: number;
  readonly uriEnd: number;
  readonly version: string;
  /** Whether it is known to be in ASCII. */
  readonly ascii: boolean;
}

/** A Status-Line taken apart (RFC 3261 §7.2). */
export interface StatusLine {
  readonly kind: 'response';
  readonly status: number;
  readonly reasonStart: number;
  readonly reasonEnd: number;
}

export interface BadStartLine {
  readonly kind: 'malformed';
  readonly code: MalformedCode;
  readonly detail: string;
}

const BAD_STATUS: BadStartLine = { kind: 'malformed', code: 'STATUS_CODE', detail: 'Bad status line' };
const BAD_REQUEST: BadStartLine = { kind: 'malformed', code: 'START_LINE', detail: 'Bad request line' };
const VERSION = ' SIP/2.0';
/** Case does not count (§7.1); spaces behind it are forgiven (RFC 4475 §3.1.2.9). */
const ANY_VERSION = / SIP\/\d+\.\d+ *$/i;

/** @param line without its line end */
export function parseStartLine(line: string): RequestLine | StatusLine | BadStartLine {
  // A method may be called SIP/x, so a URI behind it tells a request.
  if (/^SIP\/(?![^ ]* sips?:)/i.test(line)) return parseStatusLine(line);
  const methodEnd = line.indexOf(' ');
  const plain = line.endsWith(VERSION);
  const versionAt = plain ? line.length - VERSION.length : line.search(ANY_VERSION);
  if (methodEnd < 0 || versionAt <= methodEnd || line.includes('\r')) return BAD_REQUEST;
  const method = line.slice(0, methodEnd);
  if (!isToken(method)) return BAD_REQUEST;
  let uriStart = methodEnd + 1;
  let uriEnd = versionAt;
  while (uriStart < uriEnd && line.charCodeAt(uriStart) === SPACE) uriStart++;
  while (uriEnd > uriStart && line.charCodeAt(uriEnd - 1) === SPACE) uriEnd--;
  return {
    kind: 'request',
    method,
    uriStart,
    uriEnd,
    version: plain ? 'SIP/2.0' : line.slice(versionAt).trim().toUpperCase(),
    ascii: false,
  };
}

function parseStatusLine(line: string): StatusLine | BadStartLine {
  if (!/^SIP\/2\.0 \d{3}/i.test(line)) return BAD_STATUS;
  const status = Number(line.slice(8, 11));
  if (status < 100 || status > 699) return BAD_STATUS;
  if ((line.length > 11 && line.charCodeAt(11) !== SPACE) || line.includes('\r')) return BAD_STATUS;
  return { kind: 'response', status, reasonStart: Math.min(12, line.length), reasonEnd: line.length };
}
