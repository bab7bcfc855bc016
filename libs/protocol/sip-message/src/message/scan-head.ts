import { TOKEN_OCTETS } from '../values/characters.js';
import { HeaderIndex, LINE_NUMBERS } from './header-index.js';
import { nameKey } from './header-names.js';
import type { MessageLimits } from './message-limits.js';
import type { MalformedCode } from './parse-result.js';

// Spelled out here: an imported constant is looked up at each use, and this is where every octet passes.
const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;

/** What the walk over the head found. */
export interface ScannedHead {
  readonly index: HeaderIndex;
  /** First octet of the body, or where the error is. */
  readonly end: number;
  readonly error: MalformedCode | undefined;
}

/** Walks the header lines of `bytes[from…]` up to the empty line and notes where each lies. */
export function scanHead(
  bytes: Buffer,
  from: number,
  options: { limits: MessageLimits; stream: boolean; strict: boolean },
): ScannedHead {
  const token = TOKEN_OCTETS;
  const { maxHeadBytes, maxHeaders } = options.limits;
  const end = Math.min(bytes.length, from + maxHeadBytes);
  // As long as most heads need: growing it costs more than the walk itself.
  // prettier-ignore
  const numbers: number[] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  ];
  let { strict } = options;
  let count = 0;
  let at = from;
  let bodyStart = -1;
  let error: MalformedCode | undefined;

  while (at < end) {
    const lineStart = at;
    while (at < end && token[bytes[at] ?? 0] === 1) at++;
    const nameEnd = at;
    if (nameEnd === lineStart) {
      if (bytes[at] === CR && bytes[at + 1] === LF) bodyStart = at + 2;
      else {
        strict = false;
        bodyStart = bytes[at] === LF ? at + 1 : at;
        if (bodyStart === at) error = 'HEADER_LINE';
      }
      break;
    }
    if (count >= maxHeaders) {
      at = lineStart;
      error = 'TOO_MANY_HEADERS';
      break;
    }
    while (at < end && isBlank(bytes[at] ?? 0)) at++;
    if (at >= end) break;
    if (bytes[at] !== COLON) {
      at = lineStart;
      error = 'HEADER_LINE';
      break;
    }
    at++;
    while (at < end && isBlank(bytes[at] ?? 0)) at++;
    const valueStart = at;
    // A line that begins with white space goes on with the value before it (§7.3.1).
    for (;;) {
      while (at < end && bytes[at] !== LF) at++;
      if (at >= end) break;
      if (bytes[at - 1] !== CR) strict = false;
      if (!isBlank(bytes[at + 1] ?? 0)) break;
      at++;
    }
    if (at >= end) break;
    let valueEnd = at;
    while (valueEnd > valueStart && (bytes[valueEnd - 1] ?? 0) <= SPACE) valueEnd--;
    const place = count * LINE_NUMBERS;
    numbers[place] = nameKey(bytes[lineStart] ?? 0, bytes[nameEnd - 1] ?? 0, nameEnd - lineStart);
    numbers[place + 1] = lineStart;
    numbers[place + 2] = valueStart;
    numbers[place + 3] = valueEnd;
    count++;
    at++;
  }
  if (bodyStart < 0 && error === undefined) {
    // Some senders of datagrams leave the empty line out when there is no body (as RFC 5118 §4.10 prints it).
    if (!options.stream && at === bytes.length && bytes[at - 1] === LF) strict = false;
    else error = end < bytes.length ? 'HEAD_TOO_LARGE' : 'HEAD_UNFINISHED';
  }
  const index = new HeaderIndex(bytes, { numbers, count, end: at, strict });
  return { index, end: bodyStart < 0 ? at : bodyStart, error };
}

function isBlank(octet: number): boolean {
  return octet === SPACE || octet === TAB;
}
