const OCTETS = 256 * 1024;
/** Longer ones go by message. */
const LONGEST_OCTETS = 16 * 1024;
const WORD = 4;

/** Places in the header, in words. Positions count words from the begin of the ring. */
const WRITTEN = 0;
const READ = 1;
const ASLEEP = 2;
const HEADER_WORDS = 3;

/** In place of a length. */
const FENCE = -1;
const GO_TO_BEGIN = -2;

/** Here belongs what the next message holds. */
export const MESSAGE = Symbol('the next message');

/**
 * Commands on their way to a thread that ticks, in memory that both share: to wake a thread costs more than what it is
 * told, and this one looks by itself, at each tick and before each packet. One writer, one reader.
 *
 * ```text
 *   header: written │ read │ asleep      ring: length │ command ... length │ command ... fence (a message is to be taken here) ...
 * ```
 *
 * Who falls asleep says so first and looks again then; who writes looks after it wrote whether the reader sleeps. So one
 * of the two sees the other (Atomics are sequentially consistent).
 */
export class CommandRing {
  readonly memory: SharedArrayBuffer;
  private readonly header: Int32Array;
  private readonly words: Int32Array;
  private readonly octets: Buffer;

  /** @param memory of the other side */
  constructor(memory = new SharedArrayBuffer(HEADER_WORDS * WORD + OCTETS)) {
    this.memory = memory;
    this.header = new Int32Array(memory, 0, HEADER_WORDS);
    this.words = new Int32Array(memory, HEADER_WORDS * WORD);
    this.octets = Buffer.from(memory, HEADER_WORDS * WORD);
  }

  /** @param command as JSON has it @returns false where there is no room, or it is too long */
  write(command: object): boolean {
    const text = JSON.stringify(command);
    const octets = Buffer.byteLength(text);
    const at = octets > LONGEST_OCTETS ? null : this.placeFor(octets);
    if (at === null) return false;
    this.octets.write(text, (at + 1) * WORD, octets, 'utf8');
    this.announce(at, octets, octets);
    return true;
  }

  /** What is posted next is to be done here. @returns false where there is no room */
  writeFence(): boolean {
    const at = this.placeFor(0);
    if (at !== null) this.announce(at, FENCE, 0);
    return at !== null;
  }

  get readerSleeps(): boolean {
    return Atomics.load(this.header, ASLEEP) === 1;
  }

  /** @returns undefined where there is nothing more; at a fence, which stays until `passFence`, `MESSAGE` */
  read(): unknown {
    const at = this.nextPosition();
    if (at === null) return undefined;
    const length = this.words[at] ?? 0;
    if (length === FENCE) return MESSAGE;
    const begin = (at + 1) * WORD;
    const text = this.octets.toString('utf8', begin, begin + length);
    Atomics.store(this.header, READ, this.after(at, length));
    return JSON.parse(text);
  }

  /** What the message held is done. */
  passFence(): void {
    const at = this.nextPosition();
    if (at !== null) Atomics.store(this.header, READ, this.after(at, 0));
  }

  /** The reader is about to look no more, until a message comes. @returns false where it must look again */
  sleep(): boolean {
    Atomics.store(this.header, ASLEEP, 1);
    if (Atomics.load(this.header, WRITTEN) === this.header[READ]) return true;
    this.wake();
    return false;
  }

  /** The reader looks again by itself. */
  wake(): void {
    Atomics.store(this.header, ASLEEP, 0);
  }

  private nextPosition(): number | null {
    const at = this.header[READ] ?? 0;
    if (at === Atomics.load(this.header, WRITTEN)) return null;
    return this.words[at] === GO_TO_BEGIN ? 0 : at;
  }

  /** @param head length or mark */
  private announce(at: number, head: number, octets: number): void {
    this.words[at] = head;
    Atomics.store(this.header, WRITTEN, this.after(at, octets));
  }

  /** One word always stays free: full is not empty. @returns the position, or null */
  private placeFor(octets: number): number | null {
    const needed = 1 + wordsOf(octets);
    const at = this.header[WRITTEN] ?? 0;
    const read = Atomics.load(this.header, READ);
    if (at < read) return read - at > needed ? at : null;
    const toEnd = this.words.length - at;
    if (toEnd > needed || (toEnd === needed && read > 0)) return at;
    if (read <= needed) return null;
    this.words[at] = GO_TO_BEGIN;
    return 0;
  }

  private after(at: number, octets: number): number {
    const next = at + 1 + wordsOf(octets);
    return next === this.words.length ? 0 : next;
  }
}

function wordsOf(octets: number): number {
  return (octets + WORD - 1) >>> 2;
}
