/** Sources watched at once; the one that was quiet for longest is forgotten first. */
const MAX_BUCKETS = 20_000;

export interface RateLimit {
  /** Messages a second for long. */
  readonly perSecond: number;
  /** Messages at once. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** A token bucket for each source. */
export class MessageRate {
  private readonly buckets = new Map<string, Bucket>();

  /** @returns false when this message is one too many */
  take(source: string, { perSecond, burst }: RateLimit, now: number): boolean {
    let bucket = this.buckets.get(source);
    if (bucket === undefined) {
      bucket = { tokens: burst, filledAt: now };
      this.buckets.set(source, bucket);
      if (this.buckets.size > MAX_BUCKETS) {
        const [oldest] = this.buckets.keys();
        if (oldest !== undefined) this.buckets.delete(oldest);
      }
    }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledAt) / 1000) * perSecond);
    bucket.filledAt = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
