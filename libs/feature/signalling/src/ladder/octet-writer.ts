/** Octets that are written one after the other into memory that grows, and is used again. */
export class OctetWriter {
  octets: Buffer;
  at = 0;

  constructor(octets: number) {
    this.octets = Buffer.allocUnsafeSlow(octets);
  }

  /** Sees to it that so many octets can be written. */
  reserve(more: number): void {
    if (this.at + more <= this.octets.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.at + more, this.octets.length * 2));
    larger.set(this.octets.subarray(0, this.at));
    this.octets = larger;
  }

  /** An octet for each character. */
  writeLatin1(text: string): void {
    this.reserve(text.length);
    this.octets.latin1Write(text, this.at, text.length);
    this.at += text.length;
  }

  /** A natural number: seven bits an octet, the lowest first, the eighth bit where more follow. Ten octets at most. */
  writeNumber(value: number): void {
    const { octets } = this;
    let rest = value;
    while (rest > 0x7f) {
      octets[this.at] = (rest % 0x80) | 0x80;
      this.at += 1;
      rest = Math.floor(rest / 0x80);
    }
    octets[this.at] = rest;
    this.at += 1;
  }

  /** Any whole number: 0, -1, 1, -2, … */
  writeSigned(value: number): void {
    this.writeNumber(value < 0 ? -2 * value - 1 : 2 * value);
  }
}

/** Reads what an `OctetWriter` wrote. */
export class OctetReader {
  constructor(
    private readonly octets: Uint8Array,
    public at: number,
  ) {}

  /** @throws {RangeError} behind the end, and for what is no such number */
  readNumber(): number {
    let value = 0;
    for (let factor = 1; factor <= Number.MAX_SAFE_INTEGER; factor *= 0x80) {
      const octet = this.octets[this.at];
      if (octet === undefined) break;
      this.at += 1;
      value += (octet & 0x7f) * factor;
      if (octet < 0x80) return value;
    }
    throw new RangeError('No number');
  }

  readSigned(): number {
    const value = this.readNumber();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
