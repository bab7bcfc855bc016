import './buffer-slices.js';
import { TOKEN_OCTETS } from '../values/characters.js';
import { COPIED_OCTETS, HELD, copyHead } from './head-copy.js';
import { CSEQ, HEADER_NAMES, ROUTE, UNKNOWN_HEADER, VIA, headerId } from './header-names.js';

/** Headers with a lower number have their first line noted: those that routing reads. */
export const NOTED_HEADERS = 12;
/** In place of a header's number, for names that have none. */
export const NO_NUMBER = 255;
/** Fields of a line's number: see {@link HeaderIndex}. */
export const ID_SHIFT = 18;
export const LENGTH_SHIFT = 26;
/** A name as long as this or longer is measured again. */
export const LONG_NAME = 31;

// Spelled out here: an imported constant is looked up at each use.
const OCTETS = COPIED_OCTETS;
const STARTS = 2 ** ID_SHIFT - 1;
const IDS = 255;

const TAB = 9;
const COLON = 58;
const SPACE = 32;
/** Digits of a number that are read, leading zeros left out. */
const MOST_DIGITS = 16;
const ZERO = 48;
/** Octets of each name of the list. */
const NAME_OCTETS = Uint8Array.from(HEADER_NAMES, (name) => name.length);

/** Octets of a text of which others are cut; those of a longer one are made one by one. */
const LONGEST_SHARED = 2048;

/** What the walk over a head found. */
export interface HeadLines {
  readonly numbers: readonly number[];
  /** Where the places of the lines count from. */
  readonly base: number;
  readonly count: number;
  readonly end: number;
  readonly strict: boolean;
  readonly repeated: number;
  readonly plain: boolean;
}

/**
 * Where each header line lies in the received octets; no header has a string until it is read, and where a value begins
 * and ends is worked out for those that are read.
 *
 * ```text
 * first:   | line of header 0 | … | line of header 11 |         counted from 1; 0 when there is none
 * line n:  | length of the name: 5 bits | header's number: 8 | line start: 18 |
 *          no length: the name is written as it is registered, with `: ` behind it
 *          line n ends where line n + 1 starts
 * ```
 */
export class HeaderIndex {
  /** Among all heads. */
  private readonly number: number;
  /** {@link NOTED_HEADERS}, then one per line. */
  private readonly numbers: readonly number[];
  /** Where the copied head begins in `bytes`: places are counted from there, offsets are not. */
  readonly base: number;
  readonly count: number;
  /** Just behind the last header line. */
  readonly linesEnd: number;
  /** Whether every line ended with CR LF, as it must (RFC 3261 §7). */
  readonly strictLineEnds: boolean;
  /** A bit for each of the noted headers that has several lines. */
  private readonly repeated: number;
  /** Whether the values are ASCII without folds. */
  private readonly plain: boolean;
  /** Text of the head up to the last line that every layer reads, and of what is behind it. */
  private front: string | undefined = undefined;
  private back: string | undefined = undefined;

  constructor(
    readonly bytes: Buffer,
    lines: HeadLines,
  ) {
    this.numbers = lines.numbers;
    this.base = lines.base;
    this.count = lines.count;
    this.linesEnd = lines.end;
    this.strictLineEnds = lines.strict;
    this.repeated = lines.repeated;
    this.plain = lines.plain;
    this.number = HELD.heads += 1;
    HELD.head = this.number;
  }

  /** Has the head lie where it is looked at: it does until another one is read. */
  hold(): void {
    if (HELD.head === this.number) return;
    copyHead(this.bytes, this.base, this.linesEnd);
    HELD.head = this.number;
  }

  /** Whether the values are ASCII without folds: their octets can go on as they are. */
  get isPlain(): boolean {
    return this.plain;
  }

  /** First line with this id, one of the noted headers, or -1. */
  first(id: number): number {
    return (this.numbers[id] ?? 0) - 1;
  }

  /** Whether there are several lines with this id, one of the noted headers. */
  isRepeated(id: number): boolean {
    return (this.repeated & (1 << id)) !== 0;
  }

  /** First line with this id at or after line `from`, or -1. */
  findId(id: number, from = 0): number {
    const { numbers, count } = this;
    for (let line = from; line < count; line++) {
      if ((((numbers[NOTED_HEADERS + line] ?? 0) >> ID_SHIFT) & IDS) === id) return line;
    }
    return -1;
  }

  /** Next line with this name at or after line `from`, or -1. */
  find(name: string, from = 0): number {
    const id = headerId(name);
    if (id !== UNKNOWN_HEADER) return id < NOTED_HEADERS && from === 0 ? this.first(id) : this.findId(id, from);
    const lower = name.toLowerCase();
    const key = (Math.min(name.length, LONG_NAME) << (LENGTH_SHIFT - ID_SHIFT)) | NO_NUMBER;
    for (let line = from; line < this.count; line++) {
      if ((this.numbers[NOTED_HEADERS + line] ?? 0) >> ID_SHIFT !== key) continue;
      if (this.name(line).toLowerCase() === lower) return line;
    }
    return -1;
  }

  /** How many lines have this name. */
  countOf(name: string): number {
    let count = 0;
    for (let line = this.find(name); line >= 0; line = this.find(name, line + 1)) count++;
    return count;
  }

  /** The name as written. */
  name(line: number): string {
    const start = this.start(line);
    const text = this.bytes.latin1Slice(start, this.offset(line));
    return text.slice(0, text.indexOf(':')).trimEnd();
  }

  /** The value with folds (RFC 3261 §7.3.1) turned into single spaces; a string of its own, which keeps nothing alive. */
  value(line: number): string {
    const text = this.bytes.utf8Slice(this.offset(line), this.end(line));
    return text.includes('\n') ? unfold(text) : text;
  }

  /**
   * Octets of ASCII as text, for those who read it and let it go: of a short head all are cut from one string, which each
   * of them keeps alive ({@link ownText}).
   */
  text(from: number, end: number): string {
    const { bytes } = this;
    this.front ??= bytes.latin1Slice(0, this.frontEnd());
    const { length } = this.front;
    if (end <= length) return this.front.slice(from, end);
    if (from < length || this.linesEnd - length > LONGEST_SHARED) return bytes.latin1Slice(from, end);
    this.back ??= bytes.latin1Slice(length, this.linesEnd);
    return this.back.slice(from - length, end - length);
  }

  /** The same for octets of the copy. */
  cut(from: number, end: number): string {
    return this.text(this.base + from, this.base + end);
  }

  /** Behind the last first line of {@link EVERYBODY_READS}; 0 when that is far. */
  private frontEnd(): number {
    const { numbers } = this;
    let last = 0;
    for (let id = VIA; id <= CSEQ; id++) last = Math.max(last, numbers[id] ?? 0);
    last = Math.max(last, numbers[ROUTE] ?? 0);
    const end = this.start(last);
    return end <= LONGEST_SHARED ? end : 0;
  }

  /** Like {@link value}, for those who read it and let it go. */
  passingValue(line: number): string {
    return this.plain ? this.text(this.offset(line), this.end(line)) : this.value(line);
  }

  /** A value of decimal digits only, read without making a string. @returns undefined otherwise, or above `maximum` */
  decimal(line: number, maximum: number): number | undefined {
    this.hold();
    let from = this.place(line);
    const to = this.placeBehind(line);
    if (to === from) return undefined;
    while (OCTETS[from] === ZERO && from < to - 1) from++;
    if (to - from > MOST_DIGITS) return undefined;
    let value = 0;
    for (let at = from; at < to; at++) {
      const digit = (OCTETS[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) return undefined;
      value = value * 10 + digit;
    }
    return value <= maximum ? value : undefined;
  }

  /** Offset of the line's name; of the line behind the last one, where the lines end. */
  start(line: number): number {
    return line < this.count ? this.base + ((this.numbers[NOTED_HEADERS + line] ?? 0) & STARTS) : this.linesEnd;
  }

  /** Offset of the value, behind colon and blanks. */
  offset(line: number): number {
    this.hold();
    return this.base + this.place(line);
  }

  /** Offset behind the value: line breaks and blanks at its end do not belong to it. */
  end(line: number): number {
    this.hold();
    return this.base + this.placeBehind(line);
  }

  /** Where the value lies in the copy, for those who {@link hold} it. */
  place(line: number): number {
    const number = this.numbers[NOTED_HEADERS + line] ?? 0;
    const length = number >> LENGTH_SHIFT;
    let at = number & STARTS;
    if (length === 0) {
      at += NAME_OCTETS[(number >> ID_SHIFT) & IDS] ?? 0;
      if ((OCTETS[at + 2] ?? 0) > SPACE) return at + 2;
    } else if (length < LONG_NAME) at += length;
    else while (TOKEN_OCTETS[OCTETS[at] ?? 0] === 1) at++;
    while (isBlank(OCTETS[at] ?? 0)) at++;
    at++;
    while (isBlank(OCTETS[at] ?? 0)) at++;
    return (OCTETS[at] ?? 0) < SPACE ? this.foldedPlace(line, at) : at;
  }

  /** White space around the colon may hold a fold (SWS, RFC 3261 §25.1); a line without a value has none. */
  private foldedPlace(line: number, from: number): number {
    const end = this.start(line + 1) - this.base;
    let at = from;
    while (at < end && (OCTETS[at] ?? 0) <= SPACE) at++;
    return at < end ? at : from;
  }

  /** And behind it. */
  placeBehind(line: number): number {
    let at = this.start(line + 1) - this.base;
    while ((OCTETS[at - 1] ?? COLON) <= SPACE) at--;
    // A line without a value, of which only the blanks behind its colon are left.
    const from = OCTETS[at - 1] === COLON ? this.place(line) : at;
    return Math.max(at, from);
  }
}

function isBlank(octet: number): boolean {
  return octet === SPACE || octet === TAB;
}

function unfold(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  // A value may begin with a fold.
  return lines.join(' ').trim();
}
