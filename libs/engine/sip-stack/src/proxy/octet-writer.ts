declare global {
  /** Node's own writing methods: what `write` ends up calling, without its argument checks. */
  interface Buffer {
    latin1Write(text: string, offset: number): number;
    utf8Write(text: string, offset: number): number;
  }
}

/** Room for the largest message and what a proxy adds to it. */
const CAPACITY = 2 * 65_536;

/** Puts a message together from pieces of another one, in one buffer that is used again and again. */
export class OctetWriter {
  private readonly buffer = Buffer.allocUnsafeSlow(CAPACITY);
  private length = 0;

  start(): this {
    this.length = 0;
    return this;
  }

  /** Text in the ASCII range. */
  ascii(text: string): this {
    this.length += this.buffer.latin1Write(text, this.length);
    return this;
  }

  text(text: string): this {
    this.length += this.buffer.utf8Write(text, this.length);
    return this;
  }

  /** Octets `[from, to)` of another message. */
  copy(bytes: Buffer, from: number, to: number): this {
    if (to > from) this.length += bytes.copy(this.buffer, this.length, from, to);
    return this;
  }

  /**
   * A copy of what was written.
   * @throws RangeError when it did not fit: a received message always does, so more was added to it than is sane
   */
  finish(): Buffer {
    if (this.length >= CAPACITY) throw new RangeError('Too much added to a message');
    const bytes = Buffer.allocUnsafe(this.length);
    this.buffer.copy(bytes, 0, 0, this.length);
    return bytes;
  }
}
