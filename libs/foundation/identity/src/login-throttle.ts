import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/**
 * Wrong attempts that are free, each within its time. The first stops a guesser without locking the owner, who comes from
 * another address; the others slow guessers with many names or many addresses.
 */
const LIMITS = {
  accountAndAddress: { points: 6, duration: 120 },
  address: { points: 40, duration: 600 },
  account: { points: 60, duration: 600 },
} as const;

export interface Attempt {
  /** As typed, also where there is no such account. */
  readonly account: string;
  readonly address: string;
}

/** Slows guessing, of passwords and PINs alike. Kept in memory: a restart forgives. */
@Injectable()
export class LoginThrottle {
  private readonly limiters = Object.entries(LIMITS).map(([kind, limit]) => ({
    kind,
    limiter: new RateLimiterMemory(limit),
  }));

  /**
   * Counts an attempt before it is checked, so that many at once do not slip through.
   * @returns undefined: go on; a number: refuse, and say to come back in that many seconds
   */
  async begin(attempt: Attempt): Promise<number | undefined> {
    for (const { kind, limiter } of this.limiters) {
      try {
        await limiter.consume(keyOf(kind, attempt));
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      }
    }
    return undefined;
  }

  /** The attempt was right: it is not counted, and its owner starts afresh. */
  async succeeded(attempt: Attempt): Promise<void> {
    for (const { kind, limiter } of this.limiters)
      await (kind === 'accountAndAddress'
        ? limiter.delete(keyOf(kind, attempt))
        : limiter.reward(keyOf(kind, attempt)));
  }
}

function keyOf(kind: string, { account, address }: Attempt): string {
  if (kind === 'account') return account;
  return kind === 'address' ? address : `${account} ${address}`;
}
