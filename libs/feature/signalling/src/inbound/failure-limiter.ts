import type { Clock } from '@carillon/service-runtime';
import { sourceNetwork } from '@carillon/sip-stack';
import { RecentKeys } from './recent-keys.js';

/** Wrong credentials that are free, each within its time. */
const SOURCE = { points: 10, windowMs: 60_000, blockMs: 60_000 } as const;
const ACCOUNT = { points: 30, windowMs: 600_000, blockMs: 0 } as const;
/** Sources and accounts that are counted at once; beyond, those that were wrong least recently are forgotten. */
const MAX_COUNTED = 50_000;
/** Devices remembered as good at most, and for how long. */
const MAX_KNOWN = 250_000;
const KNOWN_MS = 24 * 3600_000;
/** How much of that may be over before it is noted anew. */
const RENEWED_MS = 3600_000;

export interface Attempt {
  /** What `sourceOf` gives. */
  readonly source: string;
  /** `user@domain` as the request names it, whether or not it exists. */
  readonly account: string;
}

interface Count {
  failures: number;
  /** Until when it holds, clock time in milliseconds. */
  until: number;
}

/**
 * Slows guessing. A guesser is held back by its address and, with many addresses, by the account it guesses at; a device
 * that was right from its address before is never held back by what others do wrong, from there or about it. Everything
 * is in memory, bounded, and at hand without waiting.
 */
export class FailureLimiter {
  private readonly bySource = new RecentKeys<Count>(MAX_COUNTED);
  private readonly byAccount = new RecentKeys<Count>(MAX_COUNTED);
  /** Value: until when. */
  private readonly known = new RecentKeys<number>(MAX_KNOWN);

  /** @param tell what the other processes of signalling count, too */
  constructor(
    private readonly clock: Clock,
    private readonly tell: (what: 'failed-source' | 'failed-account' | 'known', key: string) => void = () => undefined,
  ) {}

  private isSafe: (address: string) => boolean = () => false;

  /** Addresses that an operator vouches for: wrong passwords from there count for each account, and never for all of them. */
  trustSources(isSafe: (address: string) => boolean): void {
    this.isSafe = isSafe;
  }

  /** How attempts from an address are counted: by its network, or by itself where it is vouched for. */
  sourceOf(address: string): string {
    return this.isSafe(address) ? address : sourceNetwork(address);
  }

  /** Whether this attempt should not even be looked at. */
  isHeldBack(attempt: Attempt): boolean {
    const now = this.clock.now();
    const isSpent = isOver(this.bySource.get(attempt.source), SOURCE.points, now) && !this.isSafe(attempt.source);
    // Looked at last: nearly always nobody has been wrong.
    return (isSpent || isOver(this.byAccount.get(attempt.account), ACCOUNT.points, now)) && !this.isKnown(attempt, now);
  }

  failed(attempt: Attempt): void {
    const now = this.clock.now();
    count(this.byAccount, attempt.account, ACCOUNT, now);
    if (!this.isSafe(attempt.source)) {
      count(this.bySource, attempt.source, SOURCE, now);
      this.tell('failed-source', attempt.source);
    }
    this.tell('failed-account', attempt.account);
  }

  succeeded(attempt: Attempt): void {
    const now = this.clock.now();
    const key = keyOf(attempt);
    const until = this.known.get(key) ?? 0;
    if (until <= now) this.tell('known', key);
    if (until < now + KNOWN_MS - RENEWED_MS) this.known.set(key, now + KNOWN_MS);
  }

  /** What another process has seen. @param key as it was told there */
  learn(what: 'failed-source' | 'failed-account' | 'known', key: string, times: number): void {
    const now = this.clock.now();
    if (what === 'known') this.known.set(key, now + KNOWN_MS);
    else if (what === 'failed-source') count(this.bySource, key, SOURCE, now, times);
    else count(this.byAccount, key, ACCOUNT, now, times);
  }

  /** Forgets what came from this address: somebody vouches for it. */
  forgive(source: string): void {
    this.bySource.delete(source);
  }

  /** Whether this account was right from there before. */
  isKnown(attempt: Attempt, now = this.clock.now()): boolean {
    return (this.known.get(keyOf(attempt)) ?? 0) > now;
  }
}

function keyOf({ source, account }: Attempt): string {
  return `${source} ${account}`;
}

function isOver(counted: Count | undefined, points: number, now: number): boolean {
  return counted !== undefined && counted.failures > points && counted.until > now;
}

function count(
  counts: RecentKeys<Count>,
  key: string,
  limit: { points: number; windowMs: number; blockMs: number },
  now: number,
  times = 1,
): void {
  let counted = counts.get(key);
  if (counted === undefined || counted.until <= now) {
    counted = { failures: 0, until: now + limit.windowMs };
    counts.set(key, counted);
  }
  const before = counted.failures;
  counted.failures += times;
  // One too many: held back for a while from now on, whatever is left of the window.
  const isSpent = before <= limit.points && counted.failures > limit.points;
  if (isSpent && limit.blockMs > 0) counted.until = now + limit.blockMs;
}
