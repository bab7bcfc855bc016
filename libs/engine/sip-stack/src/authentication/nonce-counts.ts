import { NAME_LENGTH } from './nonce-sheets.js';

/** Count bits remembered behind the highest: requests sent together may overtake each other. */
const WINDOW = 31;
/** Numbers for each nonce. */
const NUMBERS = 3;

/**
 * What was used of one sheet. Texts and objects for each nonce would be most of what the collector has to copy in a storm of
 * registrations, so they are numbers:
 *
 * ```text
 * | place on the sheet | highest count | bit n: count `highest - n` was used | next place | …
 * ```
 */
type Used = number[];

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
  /** By the sheet's name. */
  private young = new Map<string, Used>();
  private old = new Map<string, Used>();
  private youngSize = 0;
  private oldSize = 0;
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
    return this.youngSize + this.oldSize;
  }

  /**
   * Marks a count as used.
   * @param nonce whose seal was found right: sheet and place tell it from all others
   * @returns false when it was used before, may have been, or is too far behind
   */
  use(nonce: string, count: number, { madeAt, expiresAt, now }: NonceTimes): boolean {
    const sheet = nonce.slice(0, NAME_LENGTH);
    const place = nonce.charCodeAt(NAME_LENGTH) | 0;
    const again = useAgain(this.young.get(sheet), place, count) ?? useAgain(this.old.get(sheet), place, count);
    if (again !== undefined) return again;
    // Whatever is still there of its sheet: the rest of that may have gone.
    if (madeAt < this.forgottenBefore) return false;
    this.makeRoom(now);
    const entry = this.young.get(sheet);
    if (entry === undefined) this.young.set(sheet, [place, count, 1]);
    else entry.push(place, count, 1);
    this.youngSize += 1;
    this.youngUntil = Math.max(this.youngUntil, expiresAt);
    return true;
  }

  /** The old go when they are of no use any more, or when there is no room for them. */
  private makeRoom(now: number): void {
    if (this.oldSize > 0 && this.oldUntil <= now) this.dropOld();
    if (this.youngSize * 2 < this.capacity && (this.youngUntil > now || this.youngSize === 0)) return;
    if (this.oldSize > 0) this.forgottenBefore = this.oldClosedAt;
    this.dropOld();
    if (this.youngUntil > now) {
      this.old = this.young;
      this.oldSize = this.youngSize;
    }
    this.oldClosedAt = now;
    this.oldUntil = this.youngUntil;
    this.young = new Map();
    this.youngSize = 0;
    this.youngUntil = Number.NEGATIVE_INFINITY;
  }

  private dropOld(): void {
    this.old = new Map();
    this.oldSize = 0;
  }
}

/** @returns undefined where the nonce at this place was never used */
function useAgain(used: Used | undefined, place: number, count: number): boolean | undefined {
  if (used === undefined) return undefined;
  let at = 0;
  while (at < used.length && used[at] !== place) at += NUMBERS;
  if (at === used.length) return undefined;
  const seen = used[at + 2] ?? 0;
  const behind = (used[at + 1] ?? 0) - count;
  if (behind < 0) {
    used[at + 1] = count;
    used[at + 2] = -behind > WINDOW ? 1 : (seen << -behind) | 1;
    return true;
  }
  if (behind > WINDOW || ((seen >>> behind) & 1) === 1) return false;
  used[at + 2] = seen | (1 << behind);
  return true;
}
