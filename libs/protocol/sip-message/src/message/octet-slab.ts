import './buffer-slices.js';

/** Some fifty messages. Node's own pool of 8 kB is used up after seven. */
const SLAB_BYTES = 65_536;
/** Larger messages get memory of their own, so that one does not use up a slab. */
const LARGEST_SHARED = 8_192;

/**
 * Puts messages together in memory that consecutive ones share: what is built together is sent and forgotten together,
 * and allocating is most of what building costs. Octets once given out are never written to again.
 */
export class OctetSlab {
  private slab = Buffer.alloc(0);
  private start = 0;
  private at = 0;

  /** @param most octets that will be written at most, of texts three times their length */
  begin(most: number): this {
    if (this.at + most > this.slab.length) {
      this.slab = Buffer.allocUnsafeSlow(most > LARGEST_SHARED ? most : SLAB_BYTES);
      this.at = 0;
    }
    this.start = this.at;
    return this;
  }

  text(text: string): this {
    this.at += this.slab.utf8Write(text, this.at, this.slab.length - this.at);
    return this;
  }

  /** Octets `[from, to)` of another buffer. */
  copy(bytes: Uint8Array, from: number, to: number): this {
    if (to > from) {
      this.slab.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), this.at);
      this.at += to - from;
    }
    return this;
  }

  finish(): Buffer {
    return this.slab.subarray(this.start, this.at);
  }
}
