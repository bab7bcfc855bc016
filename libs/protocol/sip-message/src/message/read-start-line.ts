import { isAt, methodAt } from './known-methods.js';
import type { RequestLine, StatusLine } from './parse-start-line.js';

const LF = 10;
const CR = 13;
const SPACE = 32;
const ZERO = 48;
const END_OF_REQUEST_LINE = Uint8Array.from(Buffer.from(' SIP/2.0\r\n'));
const STATUS_LINE = Uint8Array.from(Buffer.from('SIP/2.0 '));
/** Octets of `SIP/2.0 200 `. */
const REASON_AT = 12;

/**
 * A start line of the usual form at `bytes[start…]`, read without making a string: a method of the registry, a URI
 * without blanks, `SIP/2.0`, CR LF.
 * @returns undefined for any other form, which may be well-formed all the same
 */
export function readStartLine(bytes: Uint8Array, start: number, end: number): RequestLine | StatusLine | undefined {
  return isAt(bytes, start, STATUS_LINE) ? readStatusLine(bytes, start, end) : readRequestLine(bytes, start, end);
}

/** Octets of a start line that {@link readStartLine} has read, line end included. */
export function startLineLength(line: RequestLine | StatusLine): number {
  return line.kind === 'request' ? line.uriEnd + END_OF_REQUEST_LINE.length : line.reasonEnd + 2;
}

function readRequestLine(bytes: Uint8Array, start: number, end: number): RequestLine | undefined {
  let at = start;
  while (at < end && (bytes[at] ?? 0) > SPACE) at++;
  const method = methodAt(bytes, start, at);
  if (method === undefined || bytes[at] !== SPACE) return undefined;
  const uriStart = at + 1;
  at = uriStart;
  while (at < end && (bytes[at] ?? 0) > SPACE) at++;
  if (at === uriStart || at + END_OF_REQUEST_LINE.length > end || !isAt(bytes, at, END_OF_REQUEST_LINE))
    return undefined;
  return { kind: 'request', method, uriStart: uriStart - start, uriEnd: at - start, version: 'SIP/2.0' };
}

function readStatusLine(bytes: Uint8Array, start: number, end: number): StatusLine | undefined {
  let at = start + REASON_AT;
  if (at > end || bytes[at - 1] !== SPACE) return undefined;
  let status = 0;
  for (let place = start + STATUS_LINE.length; place < at - 1; place++) {
    const digit = (bytes[place] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    status = status * 10 + digit;
  }
  if (status < 100 || status > 699) return undefined;
  while (at < end && bytes[at] !== LF && bytes[at] !== CR) at++;
  if (at + 1 >= end || bytes[at] !== CR || bytes[at + 1] !== LF) return undefined;
  return { kind: 'response', status, reasonStart: REASON_AT, reasonEnd: at - start };
}
