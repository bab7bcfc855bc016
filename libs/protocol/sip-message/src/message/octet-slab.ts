import './buffer-slices.js';
import type { BranchedVia, Octets } from './own-via.js';

/** Some fifty messages. Node's own pool of 8 kB is used up after seven. */
const SLAB_BYTES = 65_536;
/** Larger messages get memory of their own, so that one does not use up a slab. */
const LARGEST_SHARED = 8_192;
/** Up to here a loop is done before a call into Node has begun: characters of a text, and octets of a copy. */
const LONGEST_BY_HAND = 24;
const MOST_BY_HAND = 64;
const LAST_ASCII = 127;
const WORD_PAIR = 8;
/** In each octet of a word: its upper bits but the highest, and the highest alone. */
const UPPER_BITS = 0x70707070;
const HIGHEST_BITS = 0x80808080 | 0;
/** The lowest bit of each octet of a word. */
const ONE_EACH = 0x01010101;
/** CR and LF are below. */
const LOWEST_PLAIN = 16;
const LF = 10;
const CR = 13;
const SPACE = 32;
const ZERO = 48;
const COLON = 58;

/** Where a text becomes octets: writing one at some place in a buffer takes twice as long. */
const LONGEST_STAGED = 2048;
const STAGE = Buffer.alloc(LONGEST_STAGED + 4);
const STAGE_WORDS = new DataView(STAGE.buffer, STAGE.byteOffset, STAGE.length);
const ENCODER = new TextEncoder();
type BufferView = new (memory: ArrayBufferLike, offset: number, length: number) => Buffer;
/** The class of all buffers: `subarray` ends up with it as well, but first asks in C++ which memory it is of. */
const View = (Buffer as unknown as { readonly [Symbol.species]: BufferView })[Symbol.species];

/**
 * Puts messages together in memory that consecutive ones share: what is built together is sent and forgotten together,
 * and allocating is most of what building costs. Octets once given out are never written to again.
 */
export class OctetSlab {
  private slab = Buffer.alloc(0);
  private memory = this.slab.buffer;
  private words = new DataView(this.memory);
  private start = 0;
  private at = 0;

  /** @param most octets that will be written at most, of texts three times their length */
  begin(most: number): this {
    if (this.at + most > this.slab.length) {
      this.slab = Buffer.allocUnsafeSlow(most > LARGEST_SHARED ? most : SLAB_BYTES);
      this.memory = this.slab.buffer;
      this.words = new DataView(this.memory);
      this.at = 0;
    }
    this.start = this.at;
    return this;
  }

  /** Where the next octet goes, for {@link twoDigits}. */
  get position(): number {
    return this.at;
  }

  text(text: string): this {
    this.at += text.length <= LONGEST_BY_HAND ? this.writeShort(text) : this.writeLong(text);
    return this;
  }

  /** One header line; the value is one line already. */
  line(name: string, value: string): this {
    this.text(name).octets(COLON, SPACE).text(value);
    return this.octets(CR, LF);
  }

  /** Two octets, as separators are. */
  octets(first: number, second: number): this {
    this.slab[this.at] = first;
    this.slab[this.at + 1] = second;
    this.at += 2;
    return this;
  }

  /** A number from 10 to 99 over octets written before. */
  twoDigits(position: number, value: number): this {
    const tens = Math.floor(value / 10);
    this.slab[position] = ZERO + tens;
    this.slab[position + 1] = ZERO + value - tens * 10;
    return this;
  }

  /** Octets `[from, to)` of another buffer. */
  copy(bytes: Uint8Array, from: number, to: number): this {
    const { slab } = this;
    if (to - from <= MOST_BY_HAND) for (let at = from, place = this.at; at < to; at++) slab[place++] = bytes[at] ?? 0;
    else slab.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), this.at);
    this.at += Math.max(0, to - from);
    return this;
  }

  /**
   * All of `bytes` but the first `from` octets, behind a front that is filled afterwards: of it the first `kept` octets are
   * those of `bytes`. One copy, of which the front takes back what does not belong to it.
   * @returns where the front begins
   */
  copyBehind(bytes: Uint8Array, from: number, { length, kept }: { length: number; kept: number }): number {
    const { slab, words } = this;
    const shift = length - from;
    // Where the front is shorter than what it stands for, some octets stay unused.
    if (shift < 0) this.start -= shift;
    const { start } = this;
    slab.set(bytes, start + shift);
    // Whole words may reach into the rest of the front.
    if (shift >= WORD_PAIR) {
      for (let at = start; at < start + kept; at += WORD_PAIR) {
        words.setInt32(at, words.getInt32(at + shift, true), true);
        words.setInt32(at + 4, words.getInt32(at + shift + 4, true), true);
      }
    } else if (shift > 0) for (let at = start; at < start + kept; at++) slab[at] = slab[at + shift] ?? 0;
    else if (shift < 0) for (let at = start + kept - 1; at >= start; at--) slab[at] = slab[at + shift] ?? 0;
    this.at = start + length + bytes.length - from;
    return start;
  }

  /**
   * Writes a text of ASCII over octets at `position`.
   * @returns whether it was one; it may have been cut off
   */
  putText(position: number, text: string): boolean {
    const { slab, words } = this;
    const { length } = text;
    // Whatever is not ASCII takes more octets than characters.
    if (length > LONGEST_STAGED || ENCODER.encodeInto(text, STAGE).written !== length) return false;
    let from = 0;
    for (; from + WORD_PAIR <= length; from += WORD_PAIR) {
      words.setInt32(position + from, STAGE_WORDS.getInt32(from, true), true);
      words.setInt32(position + from + 4, STAGE_WORDS.getInt32(from + 4, true), true);
    }
    for (; from < length; from++) slab[position + from] = STAGE[from] ?? 0;
    return true;
  }

  /**
   * Writes our Via over octets at `position`, without a call out of JavaScript.
   * @returns whether its branch was plain ASCII; it may have been cut off
   */
  putVia(position: number, { own, branch }: BranchedVia): boolean {
    const { slab } = this;
    let at = this.putOctets(position, own.before);
    for (let index = 0; index < branch.length; index++) {
      const code = branch.charCodeAt(index);
      if (code < SPACE || code >= LAST_ASCII) return false;
      slab[at++] = code;
    }
    this.putOctets(at, own.behind);
    return true;
  }

  /** @returns where they end */
  private putOctets(position: number, { octets, words: from }: Octets): number {
    const { slab, words } = this;
    const { length } = octets;
    let done = 0;
    for (; done + 4 <= length; done += 4) words.setInt32(position + done, from.getInt32(done, true), true);
    for (; done < length; done++) slab[position + done] = octets[done] ?? 0;
    return position + length;
  }

  /** Octets below 16 of `[from, to)`, which is written: line ends, and what hardly anybody writes. */
  controls(from: number, to: number): number {
    const { slab, words } = this;
    let count = 0;
    let at = from;
    for (; at + 4 <= to; at += 4) {
      const word = words.getInt32(at, true);
      const low = ~(((word & UPPER_BITS) + UPPER_BITS) | word) & HIGHEST_BITS;
      // One bit of each octet, added up in the highest one.
      if (low !== 0) count += Math.imul(low >>> 7, ONE_EACH) >>> 24;
    }
    for (; at < to; at++) if ((slab[at] ?? 0) < LOWEST_PLAIN) count++;
    return count;
  }

  /** Back to `position`: what was written behind it is written anew. */
  rewind(position: number): this {
    this.at = position;
    return this;
  }

  finish(): Buffer {
    return new View(this.memory, this.start, this.at - this.start);
  }

  /** @returns octets written */
  private writeShort(text: string): number {
    const { slab, at } = this;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > LAST_ASCII) return this.writeLong(text);
      slab[at + index] = code;
    }
    return text.length;
  }

  private writeLong(text: string): number {
    return this.slab.utf8Write(text, this.at, this.slab.length - this.at);
  }
}
