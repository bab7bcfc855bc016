import { RecentKeys } from '../inbound/recent-keys.js';

/** Sources watched at once at most; those that were quiet for longest are forgotten first. */
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
  private readonly buckets = new RecentKeys<Bucket>(MAX_BUCKETS);

  /** @returns false when this message is one too many */
  take(source: string, { perSecond, burst }: RateLimit, now: number): boolean {
    let bucket = this.buckets.get(source);
    if (bucket === undefined) {
      bucket = { tokens: burst, filledAt: now };
      this.buckets.set(source, bucket);
    }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledAt) / 1000) * perSecond);
    bucket.filledAt = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
