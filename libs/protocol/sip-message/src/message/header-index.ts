import './buffer-slices.js';
import { headerId, UNKNOWN_HEADER } from './header-names.js';

/** Numbers kept per header line. */
const STRIDE = 5;

/**
 * Where each header line lies in the received octets; nothing is copied until it is read.
 *
 * ```text
 * line n:  | id | name start | name end | value start | value end |
 * ```
 */
export class HeaderIndex {
  private readonly numbers: number[] = [];

  constructor(private readonly bytes: Buffer) {}

  /** Set once the whole head is known to be ASCII or not; UTF-8 costs more to read. */
  ascii = true;

  get count(): number {
    return this.numbers.length / STRIDE;
  }

  add(id: number, nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    this.numbers.push(id, nameStart, nameEnd, valueStart, valueEnd);
  }

  /** First line with this id, or -1. */
  findId(id: number, from = 0): number {
    const { numbers } = this;
    for (let at = from * STRIDE; at < numbers.length; at += STRIDE) if (numbers[at] === id) return at / STRIDE;
    return -1;
  }

  /** Next line with this name at or after line `from`, or -1. */
  find(name: string, from = 0): number {
    const id = headerId(name);
    if (id !== UNKNOWN_HEADER) return this.findId(id, from);
    const lower = name.toLowerCase();
    for (let line = from; line < this.count; line++) {
      const at = line * STRIDE;
      if (this.numbers[at] !== UNKNOWN_HEADER) continue;
      const start = this.numbers[at + 1] ?? 0;
      const end = this.numbers[at + 2] ?? 0;
      if (end - start === name.length && this.text(start, end).toLowerCase() === lower) return line;
    }
    return -1;
  }

  /** How many lines have this name. */
  countOf(name: string): number {
    let count = 0;
    for (let line = this.find(name); line >= 0; line = this.find(name, line + 1)) count++;
    return count;
  }

  name(line: number): string {
    return this.text(this.numbers[line * STRIDE + 1] ?? 0, this.numbers[line * STRIDE + 2] ?? 0);
  }

  /** The value with folds (RFC 3261 §7.3.1) turned into single spaces. */
  value(line: number): string {
    const text = this.text(this.numbers[line * STRIDE + 3] ?? 0, this.numbers[line * STRIDE + 4] ?? 0);
    if (!text.includes('\n')) return text;
    const lines = text.split('\n').map((line) => line.trim());
    return lines.join(' ');
  }

  /** Number of the header's name, or -1. */
  id(line: number): number {
    return this.numbers[line * STRIDE] ?? UNKNOWN_HEADER;
  }

  /** Offset of the line's name. */
  start(line: number): number {
    return this.numbers[line * STRIDE + 1] ?? 0;
  }

  /** Offset behind the value. */
  end(line: number): number {
    return this.numbers[line * STRIDE + 4] ?? 0;
  }

  /** Offset of the value in the octets. */
  offset(line: number): number {
    return this.numbers[line * STRIDE + 3] ?? 0;
  }

  private text(start: number, end: number): string {
    return this.ascii ? this.bytes.latin1Slice(start, end) : this.bytes.utf8Slice(start, end);
  }
}
