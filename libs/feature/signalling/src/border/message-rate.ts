import { TokenBucket, type Rate } from '@carillon/service-runtime';
import { RecentKeys } from '../inbound/recent-keys.js';

/** Sources watched at once at most; those that were quiet for longest are forgotten first. */
const MAX_BUCKETS = 20_000;

interface Counted {
  readonly bucket: TokenBucket;
  /** Messages that the other processes have not been told of. */
  untold: number;
}

/** Messages of a source that the others are told of together; of a quiet one they need not know. */
const TELL_FROM = 16;
/** Sources that they are told of at once at most. */
const MAX_TOLD = 1_000;

/** A token bucket for each source. */
export class MessageRate {
  private readonly buckets = new RecentKeys<Counted>(MAX_BUCKETS);
  private busy = new Map<string, Counted>();

  /** @returns false when this message is one too many */
  take(source: string, limit: Rate, now: number): boolean {
    let counted = this.buckets.get(source);
    if (counted === undefined) {
      counted = { bucket: new TokenBucket(limit, now), untold: 0 };
      this.buckets.set(source, counted);
    }
    if (!counted.bucket.take(now, limit)) return false;
    counted.untold += 1;
    if (counted.untold % TELL_FROM === 0 && this.busy.size < MAX_TOLD) this.busy.set(source, counted);
    return true;
  }

  /** Messages that were let in here since this was asked last, of sources that have sent some. */
  *untold(): Generator<[source: string, messages: number]> {
    const { busy } = this;
    this.busy = new Map();
    for (const [source, counted] of busy) {
      yield [source, counted.untold];
      counted.untold = 0;
    }
  }

  /** Messages that another process has let in. */
  learn(source: string, messages: number): void {
    // Whoever has sent nothing here yet begins with a full one.
    this.buckets.get(source)?.bucket.spend(messages);
  }
}
