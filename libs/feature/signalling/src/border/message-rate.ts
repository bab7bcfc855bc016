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
  /** Messages that the other processes have not been told of. */
  untold: number;
}

/** Messages of a source that the others are told of together; of a quiet one they need not know. */
const TELL_FROM = 16;
/** Sources that they are told of at once at most. */
const MAX_TOLD = 1_000;

/** A token bucket for each source. */
export class MessageRate {
  private readonly buckets = new RecentKeys<Bucket>(MAX_BUCKETS);
  private busy = new Map<string, Bucket>();

  /** @returns false when this message is one too many */
  take(source: string, { perSecond, burst }: RateLimit, now: number): boolean {
    let bucket = this.buckets.get(source);
    if (bucket === undefined) {
      bucket = { tokens: burst, filledAt: now, untold: 0 };
      this.buckets.set(source, bucket);
    }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledAt) / 1000) * perSecond);
    bucket.filledAt = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    bucket.untold += 1;
    if (bucket.untold % TELL_FROM === 0 && this.busy.size < MAX_TOLD) this.busy.set(source, bucket);
    return true;
  }

  /** Messages that were let in here since this was asked last, of sources that have sent some. */
  *untold(): Generator<[source: string, messages: number]> {
    const { busy } = this;
    this.busy = new Map();
    for (const [source, bucket] of busy) {
      yield [source, bucket.untold];
      bucket.untold = 0;
    }
  }

  /** Messages that another process has let in. */
  learn(source: string, messages: number): void {
    const bucket = this.buckets.get(source);
    // Whoever has sent nothing here yet begins with a full one.
    if (bucket !== undefined) bucket.tokens -= messages;
  }
}
