import type { Counted } from '@carillon/contracts';
import type { TrunkId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import type { Clock } from '@carillon/service-runtime';
import type { MessageRate } from '../border/message-rate.js';
import type { SourceBook } from '../border/source-book.js';
import type { FailureLimiter } from '../inbound/failure-limiter.js';
import type { GivenUpChallenges } from '../inbound/given-up-challenges.js';
import type { Trunks } from '../trunks/trunks.js';
import type { Place } from './place.js';

/** What limits hold back is over by as much as comes in this time, in each process. */
const TELL_MS = 250;
/** Told at once at most; what is beyond is not told, and counts here alone. */
const MAX_TOLD = 4_000;

type What = Counted['what'];

/** What counts, wherever it happens. */
export interface Counters {
  readonly limiter: Pick<FailureLimiter, 'learn'>;
  readonly book: Pick<SourceBook, 'learnPoints' | 'learnForgiven'>;
  readonly rate: Pick<MessageRate, 'untold' | 'learn'>;
}

/**
 * Limits that hold over all processes of signalling: each tells the others four times a second what it has counted. A
 * request goes to the process that its Call-ID names, so that whoever changes it for each would have as many tries as
 * there are processes.
 */
export class SharedCounts {
  private readonly untold = new Map<string, Counted>();
  private counters: Counters | undefined;
  private trunks: Pick<Trunks, 'learnStarts'> | undefined;
  private challenges: Pick<GivenUpChallenges, 'learn' | 'unlearn'> | undefined;
  private readonly stopHearing: () => void;
  private stopTelling: () => void = () => undefined;

  constructor(private readonly parts: { readonly bus: Bus; readonly place: Place; readonly clock: Clock }) {
    const { bus, place } = parts;
    this.stopHearing =
      place.count === 1
        ? () => undefined
        : bus.subscribe('signalling.counted', ({ process, counts }) => {
            if (process !== place.own) for (const one of counts) this.learn(one);
          });
  }

  begin(counters: Counters): void {
    this.counters = counters;
    if (this.parts.place.count > 1) this.wait();
  }

  useTrunks(trunks: Pick<Trunks, 'learnStarts'>): void {
    this.trunks = trunks;
  }

  useChallenges(challenges: Pick<GivenUpChallenges, 'learn' | 'unlearn'>): void {
    this.challenges = challenges;
  }

  tell(what: What, key: string, count = 1): void {
    if (this.parts.place.count === 1) return;
    const name = `${what} ${key}`;
    const before = this.untold.get(name)?.count ?? 0;
    if (before > 0 || this.untold.size < MAX_TOLD) this.untold.set(name, { what, key, count: before + count });
  }

  close(): void {
    this.stopHearing();
    this.stopTelling();
  }

  private wait(): void {
    const { bus, place, clock } = this.parts;
    this.stopTelling = clock.after(TELL_MS, () => {
      for (const [source, messages] of this.counters?.rate.untold() ?? []) this.tell('messages', source, messages);
      if (this.untold.size > 0)
        bus.publish('signalling.counted', { process: place.own, counts: [...this.untold.values()] });
      this.untold.clear();
      this.wait();
    });
  }

  private learn({ what, key, count }: Counted): void {
    const { counters, trunks } = this;
    switch (what) {
      case 'failed-source':
      case 'failed-account':
      case 'known':
        return counters?.limiter.learn(what, key, count);
      case 'gave-up':
        return this.challenges?.learn(key);
      case 'forgotten-phone':
        return this.challenges?.unlearn(key);
      case 'points':
        return counters?.book.learnPoints(key, count, this.parts.clock.now());
      case 'forgiven':
        return counters?.book.learnForgiven(key);
      case 'messages':
        return counters?.rate.learn(key, count);
      case 'trunk-starts':
        // Told by a process of ours.
        return trunks?.learnStarts(key as TrunkId, count);
    }
  }
}
