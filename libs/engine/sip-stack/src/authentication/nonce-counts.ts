/** Count bits remembered behind the highest: requests sent together may overtake each other. */
const WINDOW = 31;

interface Used {
  highest: number;
  /** Bit n set: count `highest - n` was used. */
  seen: number;
  expiresAt: number;
}

/** Which nonce counts were used (RFC 7616 §3.4.5), so that a recorded request cannot be sent again. */
export class NonceCounts {
  private readonly used = new Map<string, Used>();

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.used.size;
  }

  /** Marks a count as used. @returns false when it was used before or is too far behind */
  use(nonce: string, count: number, expiresAt: number, now: number): boolean {
    const entry = this.used.get(nonce);
    if (entry === undefined) {
      this.makeRoom(now);
      this.used.set(nonce, { highest: count, seen: 1, expiresAt });
      return true;
    }
    const behind = entry.highest - count;
    if (behind < 0) {
      entry.seen = -behind > WINDOW ? 1 : ((entry.seen << -behind) | 1) >>> 0;
      entry.highest = count;
      return true;
    }
    if (behind > WINDOW || ((entry.seen >>> behind) & 1) === 1) return false;
    entry.seen = (entry.seen | (1 << behind)) >>> 0;
    return true;
  }

  /** Nonces expire in the order they were first used, nearly: the map's own order is enough. */
  private makeRoom(now: number): void {
    for (const [nonce, entry] of this.used) {
      if (entry.expiresAt > now && this.used.size < this.capacity) return;
      this.used.delete(nonce);
    }
  }
}
