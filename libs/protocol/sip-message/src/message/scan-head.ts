import { TOKEN_OCTETS } from '../values/characters.js';
import { HeaderIndex, LINE_NUMBERS, NO_NUMBER, NOTED_HEADERS } from './header-index.js';
import { UNKNOWN_HEADER, identifyHeader } from './header-names.js';
import type { MessageLimits } from './message-limits.js';
import type { MalformedCode } from './parse-result.js';
import { LONGEST_USUAL_NAME, usualName } from './usual-name.js';

// Spelled out here: an imported constant is looked up at each use, and this is where every octet passes.
const TOKEN = TOKEN_OCTETS;
const NOTED = NOTED_HEADERS;
const NUMBERS = LINE_NUMBERS;
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

/** Where the walk looks at messages up to this size; what is behind the octets of a message is never believed. */
const MOST_COPIED = 8192;
const COPY = Buffer.alloc(MOST_COPIED + LONGEST_USUAL_NAME);
const COPY_WORDS = new DataView(COPY.buffer, COPY.byteOffset, COPY.length);

/** In each octet of a word: its upper bits but the highest, and the highest alone. */
const UPPER_BITS = 0x70707070;
const HIGHEST_BITS = 0x80808080 | 0;
/** CR, LF and all other octets that are looked at one by one are below. */
const LOWEST_PLAIN = 16;

/**
 * Walks the header lines of `bytes[from…]` up to the empty line and notes where each begins. Each octet is looked at
 * once: those of a name against the token's table, those behind it four at a time for a control octet. The line feed
 * that ends them is known to come.
 */
export function scanHead(
  input: Buffer,
  from: number,
  options: { limits: MessageLimits; stream: boolean; strict: boolean },
): ScannedHead {
  const { maxHeadBytes, maxHeaders } = options.limits;
  const end = Math.min(input.length, from + maxHeadBytes);
  const lastLineFeed = lastLineFeedBefore(input, from, end);
  // A view of the input costs more than a copy of it.
  const copied = input.length <= MOST_COPIED;
  if (copied) COPY.set(input);
  const bytes = copied ? COPY : input;
  const words = copied ? COPY_WORDS : new DataView(input.buffer, input.byteOffset, input.length);
  const lastPair = words.byteLength - 8;
  const lastName = words.byteLength - LONGEST_USUAL_NAME;
  // As long as most heads need: growing it costs more than the walk itself.
  // prettier-ignore
  const numbers: number[] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  ];
  let { strict } = options;
  let count = 0;
  let repeated = 0;
  let at = from;
  let bodyStart = -1;
  let error: MalformedCode | undefined;

  while (at <= lastLineFeed) {
    const lineStart = at;
    let name = at <= lastName ? usualName(words, at) : 0;
    if (name !== 0) {
      at += name & 0xff;
      // Without the colon and the blank.
      name -= 2;
    } else {
      while (TOKEN[bytes[at] ?? 0] === 1) at++;
      if (at === lineStart) {
        if (bytes[at] === CR && bytes[at + 1] === LF) bodyStart = at + 2;
        else if (bytes[at] === LF) {
          strict = false;
          bodyStart = at + 1;
        } else error = 'HEADER_LINE';
        break;
      }
      name = numbered(bytes, lineStart, at);
      if (bytes[at] !== COLON) at = skipBlanks(bytes, at);
      if (bytes[at] !== COLON) {
        // More than there may be is said first.
        error = count >= maxHeaders ? 'TOO_MANY_HEADERS' : 'HEADER_LINE';
        at = lineStart;
        break;
      }
      at++;
    }
    if (count >= maxHeaders) {
      at = lineStart;
      error = 'TOO_MANY_HEADERS';
      break;
    }
    const place = NOTED + count * NUMBERS;
    numbers[place] = name;
    numbers[place + 1] = lineStart;
    // A line that begins with white space goes on with the value before it (§7.3.1).
    let bareReturn = false;
    for (;;) {
      for (;;) {
        while (at <= lastPair) {
          const word = words.getInt32(at, true);
          const next = words.getInt32(at + 4, true);
          const high = ((word & UPPER_BITS) + UPPER_BITS) | word;
          const nextHigh = ((next & UPPER_BITS) + UPPER_BITS) | next;
          if ((high & nextHigh & HIGHEST_BITS) !== HIGHEST_BITS) {
            let low = ~high & HIGHEST_BITS;
            if (low === 0) {
              low = ~nextHigh & HIGHEST_BITS;
              at += 4;
            }
            at += (31 - Math.clz32(low & -low)) >> 3;
            break;
          }
          at += 8;
        }
        while ((bytes[at] ?? 0) >= LOWEST_PLAIN) at++;
        if (bytes[at] === LF) {
          strict = false;
          break;
        }
        if (bytes[at] === CR) {
          if (bytes[at + 1] === LF) {
            at++;
            break;
          }
          // Several in front of the line feed are white space at the end of the line.
          strict = false;
          while (bytes[at + 1] === CR) at++;
          bareReturn ||= bytes[at + 1] !== LF;
        }
        at++;
      }
      at++;
      if (at > lastLineFeed || !isBlank(bytes[at] ?? 0)) break;
    }
    // Some take it for the end of a line: what one reads as a value would be a header to the other (RFC 3261 §25.1).
    if (bareReturn) {
      at = lineStart;
      error = 'BARE_CR';
      break;
    }
    // The white space of a fold that no line feed ends: more of this line may come.
    if (at > lastLineFeed && at < end && isBlank(bytes[at] ?? 0)) {
      at = lineStart;
      break;
    }
    count++;
    const id = name >> 8;
    if (id < NOTED) {
      if (numbers[id] === 0) numbers[id] = count;
      else repeated |= 1 << id;
    }
  }
  const linesEnd = at;
  if (bodyStart < 0 && error === undefined) {
    if (at < end) error = unfinishedLineError(input, at, end);
    // Some senders of datagrams leave the empty line out when there is no body (as RFC 5118 §4.10 prints it).
    else if (!options.stream && at === input.length && input[at - 1] === LF) strict = false;
    else error = 'HEAD_UNFINISHED';
    if (error === 'HEAD_UNFINISHED' && end < input.length) error = 'HEAD_TOO_LARGE';
  }
  const index = new HeaderIndex(input, { numbers, count, end: linesEnd, strict, repeated });
  return { index, end: bodyStart < 0 ? linesEnd : bodyStart, error };
}

/** What is noted of a name that is not written as most do. */
function numbered(bytes: Uint8Array, start: number, end: number): number {
  const id = identifyHeader(bytes, start, end);
  return ((id === UNKNOWN_HEADER ? NO_NUMBER : id) << 8) | Math.min(end - start, 255);
}

/** Where the last line feed of `bytes[from…end)` is, or -1: up to there no loop needs to ask for the end. */
function lastLineFeedBefore(bytes: Buffer, from: number, end: number): number {
  let at = end - 1;
  while (at >= from && bytes[at] !== LF) at--;
  return at >= from ? at : -1;
}

/** A last line without an end: whether it may still become a header line. */
function unfinishedLineError(bytes: Buffer, start: number, end: number): MalformedCode {
  let at = start;
  while (at < end && TOKEN_OCTETS[bytes[at] ?? 0] === 1) at++;
  const named = at > start;
  while (named && at < end && isBlank(bytes[at] ?? 0)) at++;
  if (at === end || (named && bytes[at] === COLON)) return 'HEAD_UNFINISHED';
  return !named && at + 1 === end && bytes[at] === CR ? 'HEAD_UNFINISHED' : 'HEADER_LINE';
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isBlank(bytes[at] ?? 0)) at++;
  return at;
}

function isBlank(octet: number): boolean {
  return octet === SPACE || octet === TAB;
}
