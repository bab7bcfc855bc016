import { TOKEN_OCTETS } from '../values/characters.js';
import { COPIED_OCTETS, COPIED_WORDS } from './head-copy.js';
import { HeaderIndex, ID_SHIFT, LENGTH_SHIFT, LONG_NAME, NO_NUMBER, NOTED_HEADERS } from './header-index.js';
import { UNKNOWN_HEADER, identifyHeader } from './header-names.js';
import type { MessageLimits } from './message-limits.js';
import type { MalformedCode } from './parse-result.js';
import { usualName } from './usual-name.js';

// Spelled out here: an imported constant is looked up at each use, and this is where every octet passes.
const TOKEN = TOKEN_OCTETS;
const OCTETS = COPIED_OCTETS;
const WORDS = COPIED_WORDS;
const NOTED = NOTED_HEADERS;
const ID = ID_SHIFT;
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

export interface ScanOptions {
  /** Where the copied head begins in the input, and how much was copied. */
  readonly base: number;
  readonly length: number;
  readonly limits: MessageLimits;
  readonly stream: boolean;
  /** Whether the start line ended as it must. */
  readonly strict: boolean;
}

/** In each octet of a word: its upper bits but the highest, and the highest alone. */
const UPPER_BITS = 0x70707070;
const HIGHEST_BITS = 0x80808080 | 0;

/**
 * Walks the header lines of `OCTETS[from…]` up to the empty line and notes where each begins. Each octet is looked at
 * once: those of a name against the token's table, those behind it four at a time for a control octet. The line feed
 * that ends them is known to come.
 */
export function scanHead(
  input: Buffer,
  from: number,
  { base, length, limits, stream, strict: strictSoFar }: ScanOptions,
): ScannedHead {
  const { maxHeadBytes, maxHeaders } = limits;
  const end = Math.min(length, from + maxHeadBytes);
  const lastLineFeed = lastLineFeedBefore(from, end);
  // As long as most heads need: growing it costs more than the walk itself.
  // prettier-ignore
  const numbers: number[] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  ];
  let strict = strictSoFar;
  let count = 0;
  let repeated = 0;
  /** All octets of values, one upon the other. */
  let seen = 0;
  let folded = false;
  let at = from;
  let bodyStart = -1;
  let error: MalformedCode | undefined;

  while (at <= lastLineFeed) {
    const lineStart = at;
    let name = usualName(at);
    if (name !== 0) {
      at += name & 0xff;
      name >>= 8;
    } else {
      while (TOKEN[OCTETS[at] ?? 0] === 1) at++;
      if (at === lineStart) {
        if (OCTETS[at] === CR && OCTETS[at + 1] === LF) bodyStart = at + 2;
        else if (OCTETS[at] === LF) {
          strict = false;
          bodyStart = at + 1;
        } else error = 'HEADER_LINE';
        break;
      }
      name = numbered(lineStart, at);
      if (OCTETS[at] !== COLON) at = skipBlanks(at);
      if (OCTETS[at] !== COLON) {
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
    numbers[NOTED + count] = (name << ID) | lineStart;
    // A line that begins with white space goes on with the value before it (§7.3.1).
    let bareReturn = false;
    for (;;) {
      for (;;) {
        for (;;) {
          const word = WORDS.getInt32(at, true);
          const next = WORDS.getInt32(at + 4, true);
          const high = ((word & UPPER_BITS) + UPPER_BITS) | word;
          const nextHigh = ((next & UPPER_BITS) + UPPER_BITS) | next;
          seen |= word | next;
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
        if (OCTETS[at] === LF) {
          strict = false;
          break;
        }
        if (OCTETS[at] === CR) {
          if (OCTETS[at + 1] === LF) {
            at++;
            break;
          }
          // Several in front of the line feed are white space at the end of the line.
          strict = false;
          while (OCTETS[at + 1] === CR) at++;
          bareReturn ||= OCTETS[at + 1] !== LF;
        }
        at++;
      }
      at++;
      if (at > lastLineFeed || !isBlank(OCTETS[at] ?? 0)) break;
      folded = true;
    }
    // Some take it for the end of a line: what one reads as a value would be a header to the other (RFC 3261 §25.1).
    if (bareReturn) {
      at = lineStart;
      error = 'BARE_CR';
      break;
    }
    // The white space of a fold that no line feed ends: more of this line may come.
    if (at > lastLineFeed && at < end && isBlank(OCTETS[at] ?? 0)) {
      at = lineStart;
      break;
    }
    count++;
    const id = name & 0xff;
    if (id < NOTED) {
      if (numbers[id] === 0) numbers[id] = count;
      else repeated |= 1 << id;
    }
  }
  const linesEnd = at;
  if (bodyStart < 0 && error === undefined) {
    if (at < end) error = unfinishedLineError(at, end);
    // Some senders of datagrams leave the empty line out when there is no body (as RFC 5118 §4.10 prints it).
    else if (!stream && at === length && OCTETS[at - 1] === LF) strict = false;
    else error = 'HEAD_UNFINISHED';
    if (error === 'HEAD_UNFINISHED' && end < length) error = 'HEAD_TOO_LARGE';
  }
  const plain = !folded && (seen & HIGHEST_BITS) === 0;
  const index = new HeaderIndex(input, { numbers, base, count, end: base + linesEnd, strict, repeated, plain });
  return { index, end: base + (bodyStart < 0 ? linesEnd : bodyStart), error };
}

/** What is noted of a name that is not written as most do. */
function numbered(start: number, end: number): number {
  const id = identifyHeader(OCTETS, start, end);
  const length = Math.min(end - start, LONG_NAME);
  return (length << (LENGTH_SHIFT - ID_SHIFT)) | (id === UNKNOWN_HEADER ? NO_NUMBER : id);
}

/** Where the last line feed of `OCTETS[from…end)` is, or -1: up to there no loop needs to ask for the end. */
function lastLineFeedBefore(from: number, end: number): number {
  let at = end - 1;
  while (at >= from && OCTETS[at] !== LF) at--;
  return at >= from ? at : -1;
}

/** A last line without an end: whether it may still become a header line. */
function unfinishedLineError(start: number, end: number): MalformedCode {
  let at = start;
  while (at < end && TOKEN_OCTETS[OCTETS[at] ?? 0] === 1) at++;
  const named = at > start;
  while (named && at < end && isBlank(OCTETS[at] ?? 0)) at++;
  if (at === end || (named && OCTETS[at] === COLON)) return 'HEAD_UNFINISHED';
  return !named && at + 1 === end && OCTETS[at] === CR ? 'HEAD_UNFINISHED' : 'HEADER_LINE';
}

function skipBlanks(from: number): number {
  let at = from;
  while (isBlank(OCTETS[at] ?? 0)) at++;
  return at;
}

function isBlank(octet: number): boolean {
  return octet === SPACE || octet === TAB;
}
