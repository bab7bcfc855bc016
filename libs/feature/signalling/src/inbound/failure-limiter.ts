import type { Clock } from '@carillon/service-runtime';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Wrong credentials that are free, each within its time in seconds. */
const LIMITS = {
  source: { points: 10, duration: 60, blockDuration: 60 },
  account: { points: 30, duration: 600 },
} as const;
/** Devices remembered as good, and for how long. */
const MAX_KNOWN = 20_000;
const KNOWN_MS = 24 * 3600_000;

export interface Attempt {
  /** IP address. */
  readonly source: string;
  /** `user@domain` as the request names it, whether or not it exists. */
  readonly account: string;
}

/**
 * Slows guessing. A guesser is held back by its address and, with many addresses, by the account it guesses at; a device
 * that was right from its address before is never held back by what others do wrong, from there or about it.
 */
export class FailureLimiter {
  private readonly bySource = new RateLimiterMemory({ keyPrefix: 'source', ...LIMITS.source });
  private readonly byAccount = new RateLimiterMemory({ keyPrefix: 'account', ...LIMITS.account });
  /** In the order of their last success; value: until when. */
  private readonly known = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** Whether this attempt should not even be looked at. */
  async isHeldBack(attempt: Attempt): Promise<boolean> {
    if (this.isKnown(attempt)) return false;
    const [source, account] = await Promise.all([
      this.bySource.get(attempt.source),
      this.byAccount.get(attempt.account),
    ]);
    return isSpent(source, LIMITS.source.points) || isSpent(account, LIMITS.account.points);
  }

  async failed(attempt: Attempt): Promise<void> {
    await Promise.all([spend(this.bySource, attempt.source), spend(this.byAccount, attempt.account)]);
  }

  succeeded(attempt: Attempt): void {
    const key = keyOf(attempt);
    this.known.delete(key);
    this.known.set(key, this.clock.now() + KNOWN_MS);
    const [oldest] = this.known.keys();
    if (this.known.size > MAX_KNOWN && oldest !== undefined) this.known.delete(oldest);
  }

  private isKnown(attempt: Attempt): boolean {
    return (this.known.get(keyOf(attempt)) ?? 0) > this.clock.now();
  }
}

function keyOf({ source, account }: Attempt): string {
  return `${source} ${account}`;
}

function isSpent(used: RateLimiterRes | null, points: number): boolean {
  return used !== null && used.consumedPoints > points;
}

async function spend(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
  }
}
