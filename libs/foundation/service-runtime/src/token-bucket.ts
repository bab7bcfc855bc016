/** What may pass: `burst` things at once, and `perSecond` from then on. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Lets things pass at a rate. Full at the beginning. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly rate: Rate,
    now: number,
  ) {
    this.tokens = rate.burst;
    this.filledAt = now;
  }

  /**
   * @param now milliseconds
   * @param rate where it has changed since
   * @returns false where it is too much
   */
  take(now: number, { burst, perSecond }: Rate = this.rate): boolean {
    this.tokens = Math.min(burst, this.tokens + ((now - this.filledAt) / 1000) * perSecond);
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** What has passed elsewhere, of the same rate. */
  spend(count: number): void {
    this.tokens -= count;
  }
}
