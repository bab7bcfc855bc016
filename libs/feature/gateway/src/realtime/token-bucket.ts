/** Lets `burst` things pass at once and `perSecond` from then on. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly rate: { readonly burst: number; readonly perSecond: number },
    now: number,
  ) {
    this.tokens = rate.burst;
    this.filledAt = now;
  }

  /** @param now milliseconds @returns false where it is too much */
  take(now: number): boolean {
    const { burst, perSecond } = this.rate;
    this.tokens = Math.min(burst, this.tokens + ((now - this.filledAt) / 1000) * perSecond);
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
