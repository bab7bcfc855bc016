import { COPIED_OCTETS, COPIED_WORDS } from './head-copy.js';
import { methodAt } from './known-methods.js';
import type { RequestLine, StatusLine } from './parse-start-line.js';

// Spelled out here: an imported constant is looked up at each use.
const OCTETS = COPIED_OCTETS;
const WORDS = COPIED_WORDS;
const LF = 10;
const CR = 13;
const SPACE = 32;
const ZERO = 48;
/** Words of a status line and of the end of a request line. */
const SIP = word('SIP/');
const VERSION = word('2.0 ');
const SPACE_SIP = word(' SIP');
const SLASH_VERSION = word('/2.0');
const CR_LF = 0x0a0d;
/** Octets of ` SIP/2.0` with its line end. */
const END_OF_REQUEST_LINE = 10;
/** Octets of `SIP/2.0 ` and `SIP/2.0 200 `. */
const STATUS_AT = 8;
const REASON_AT = 12;
/** No start line of the usual form is shorter. */
const SHORTEST = 16;

/** In each octet of a word: all bits but the highest, what makes it from those that are above a space, and it alone. */
const LOWER_BITS = 0x7f7f7f7f;
const ABOVE_SPACE = 0x5f5f5f5f;
const HIGHEST_BITS = 0x80808080 | 0;

/**
 * A start line of the usual form at `start` of the copied head, read without making a string: a method of the registry, a URI without
 * blanks, `SIP/2.0`, CR LF.
 * @returns undefined for any other form, which may be well-formed all the same
 */
export function readStartLine(start: number, end: number): RequestLine | StatusLine | undefined {
  if (start + SHORTEST > end) return undefined;
  return WORDS.getInt32(start, true) === SIP && WORDS.getInt32(start + 4, true) === VERSION
    ? readStatusLine(start, end)
    : readRequestLine(start, end);
}

/** Octets of a start line that {@link readStartLine} has read, line end included. */
export function startLineLength(line: RequestLine | StatusLine): number {
  return line.kind === 'request' ? line.uriEnd + END_OF_REQUEST_LINE : line.reasonEnd + 2;
}

function readRequestLine(start: number, end: number): RequestLine | undefined {
  let at = start;
  while (at < end && (OCTETS[at] ?? 0) > SPACE) at++;
  const method = methodAt(start, at);
  if (method === undefined || OCTETS[at] !== SPACE) return undefined;
  const uriStart = at + 1;
  at = uriStart;
  let seen = 0;
  while (at < end) {
    const word = WORDS.getInt32(at, true);
    const next = WORDS.getInt32(at + 4, true);
    seen |= word | next;
    const above = ((word & LOWER_BITS) + ABOVE_SPACE) | word;
    const nextAbove = ((next & LOWER_BITS) + ABOVE_SPACE) | next;
    if ((above & nextAbove & HIGHEST_BITS) !== HIGHEST_BITS) break;
    at += 8;
  }
  while (at < end && (OCTETS[at] ?? 0) > SPACE) seen |= (OCTETS[at++] ?? 0) << 24;
  if (at === uriStart || at + END_OF_REQUEST_LINE > end) return undefined;
  if (WORDS.getInt32(at, true) !== SPACE_SIP || WORDS.getInt32(at + 4, true) !== SLASH_VERSION) return undefined;
  if (WORDS.getInt16(at + 8, true) !== CR_LF) return undefined;
  const ascii = (seen & HIGHEST_BITS) === 0;
  return { kind: 'request', method, uriStart: uriStart - start, uriEnd: at - start, version: 'SIP/2.0', ascii };
}

function readStatusLine(start: number, end: number): StatusLine | undefined {
  let at = start + REASON_AT;
  if (OCTETS[at - 1] !== SPACE) return undefined;
  let status = 0;
  for (let place = start + STATUS_AT; place < at - 1; place++) {
    const digit = (OCTETS[place] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    status = status * 10 + digit;
  }
  if (status < 100 || status > 699) return undefined;
  while (at < end && OCTETS[at] !== LF && OCTETS[at] !== CR) at++;
  if (at + 1 >= end || OCTETS[at] !== CR || OCTETS[at + 1] !== LF) return undefined;
  return { kind: 'response', status, reasonStart: REASON_AT, reasonEnd: at - start };
}

function word(text: string): number {
  return Buffer.from(text).readInt32LE(0);
}
