/** Count bits remembered behind the highest: requests sent together may overtake each other. */
const WINDOW = 31;

interface Used {
  highest: number;
  /** Bit n set: count `highest - n` was used. */
  seen: number;
}

/** When a nonce was made, until when it is good, and when it is used; the same clock, milliseconds. */
export interface NonceTimes {
  readonly madeAt: number;
  readonly expiresAt: number;
  readonly now: number;
}

/**
 * Which nonce counts were used (RFC 7616 §3.4.5), so that a recorded request cannot be sent again. Two generations: a
 * `Map` from whose front each new nonce pushes out an old one would get slow. With more nonces than there is room for,
 * what may have been forgotten counts as used: a new challenge costs a round trip, a replay more.
 */
export class NonceCounts {
  private young = new Map<string, Used>();
  private old = new Map<string, Used>();
  /** Until when something in `old` may still be valid. */
  private oldUntil = Number.NEGATIVE_INFINITY;
  private youngUntil = Number.NEGATIVE_INFINITY;
  /** When the last nonce came into `old`. */
  private oldClosedAt = Number.NEGATIVE_INFINITY;
  /** Nonces that were made before may have been used and forgotten while they were still good. */
  private forgottenBefore = Number.NEGATIVE_INFINITY;

  /** @param capacity nonces at most; half of them at least are kept */
  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.young.size + this.old.size;
  }

  /** Marks a count as used. @returns false when it was used before, may have been, or is too far behind */
  use(nonce: string, count: number, { madeAt, expiresAt, now }: NonceTimes): boolean {
    const entry = this.young.get(nonce) ?? this.old.get(nonce);
    if (entry === undefined) {
      if (madeAt < this.forgottenBefore) return false;
      this.makeRoom(now);
      this.young.set(nonce, { highest: count, seen: 1 });
      this.youngUntil = Math.max(this.youngUntil, expiresAt);
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

  /** The old go when they are of no use any more, or when there is no room for them. */
  private makeRoom(now: number): void {
    if (this.old.size > 0 && this.oldUntil <= now) this.old = new Map();
    if (this.young.size * 2 < this.capacity && (this.youngUntil > now || this.young.size === 0)) return;
    if (this.old.size > 0) this.forgottenBefore = this.oldClosedAt;
    this.old = this.youngUntil > now ? this.young : new Map<string, Used>();
    this.oldClosedAt = now;
    this.oldUntil = this.youngUntil;
    this.young = new Map();
    this.youngUntil = Number.NEGATIVE_INFINITY;
  }
}
