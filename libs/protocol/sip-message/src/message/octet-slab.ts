import './buffer-slices.js';

/** Some fifty messages. Node's own pool of 8 kB is used up after seven. */
const SLAB_BYTES = 65_536;
/** Larger messages get memory of their own, so that one does not use up a slab. */
const LARGEST_SHARED = 8_192;
/** Up to here a loop is done before a call into Node has begun: characters of a text, and octets of a copy. */
const LONGEST_BY_HAND = 24;
const MOST_BY_HAND = 64;
const LAST_ASCII = 127;
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
const LONGEST_STAGED = 512;
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
   * All of `bytes`, with room for so many octets behind the first `place` of them; {@link putIn} fills it. The room is no
   * smaller than a word.
   */
  copyWithRoom(bytes: Uint8Array, place: number, room: number): this {
    const { slab, words, at } = this;
    slab.set(bytes, at + room);
    // Its last words may reach into the room.
    for (let from = at; from < at + place; from += 8) {
      words.setInt32(from, words.getInt32(from + room, true), true);
      words.setInt32(from + 4, words.getInt32(from + room + 4, true), true);
    }
    this.at = at + room + bytes.length;
    return this;
  }

  /**
   * Writes a header line over octets at `position`, if it is one, of ASCII alone.
   * @returns octets written, or -1
   */
  putIn(position: number, name: string, value: string): number {
    const { slab, words } = this;
    const { length } = value;
    let at = position;
    for (let index = 0; index < name.length; index++) {
      const code = name.charCodeAt(index);
      if (code <= SPACE || code > LAST_ASCII) return -1;
      slab[at++] = code;
    }
    slab[at] = COLON;
    slab[at + 1] = SPACE;
    at += 2;
    // Whatever is not ASCII takes more octets than characters.
    if (length > LONGEST_STAGED || ENCODER.encodeInto(value, STAGE).written !== length) return -1;
    let from = 0;
    let upper = HIGHEST_BITS;
    for (; from + 8 <= length; from += 8) {
      const word = STAGE_WORDS.getInt32(from, true);
      const next = STAGE_WORDS.getInt32(from + 4, true);
      upper &= ((word & UPPER_BITS) + UPPER_BITS) & ((next & UPPER_BITS) + UPPER_BITS);
      words.setInt32(at + from, word, true);
      words.setInt32(at + from + 4, next, true);
    }
    if (upper !== HIGHEST_BITS) return -1;
    for (; from < length; from++) {
      const octet = STAGE[from] ?? 0;
      if (octet < LOWEST_PLAIN) return -1;
      slab[at + from] = octet;
    }
    at += length;
    slab[at] = CR;
    slab[at + 1] = LF;
    return at + 2 - position;
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
