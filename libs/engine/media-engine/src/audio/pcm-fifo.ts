/* oxlint-disable typescript/no-non-null-assertion -- The loops bound every index; a fallback would cost the hot path. */
/** A bounded queue of samples. Writing over the bound drops the oldest. */
export class PcmFifo {
  private readonly ring: Int16Array;
  private readAt = 0;
  private count = 0;

  constructor(readonly capacity: number) {
    this.ring = new Int16Array(capacity);
  }

  get length(): number {
    return this.count;
  }

  write(samples: Int16Array, count: number): void {
    const { ring, capacity } = this;
    let at = (this.readAt + this.count) % capacity;
    for (let index = 0; index < count; index += 1) {
      ring[at] = samples[index]!;
      at = at + 1 === capacity ? 0 : at + 1;
    }
    this.count += count;
    if (this.count > capacity) {
      this.readAt = at;
      this.count = capacity;
    }
  }

  /** Fills `into` and returns true, or takes nothing when there is too little. */
  read(into: Int16Array): boolean {
    if (this.count < into.length) return false;
    this.take(into, into.length);
    return true;
  }

  /** Takes what there is, pads with silence, and returns how many real samples there were. */
  drain(into: Int16Array): number {
    const real = Math.min(this.count, into.length);
    this.take(into, real);
    into.fill(0, real);
    return real;
  }

  clear(): void {
    this.readAt = 0;
    this.count = 0;
  }

  private take(into: Int16Array, count: number): void {
    const { ring, capacity } = this;
    let at = this.readAt;
    for (let index = 0; index < count; index += 1) {
      into[index] = ring[at]!;
      at = at + 1 === capacity ? 0 : at + 1;
    }
    this.readAt = at;
    this.count -= count;
  }
}
