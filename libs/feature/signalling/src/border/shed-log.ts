import type { ShedCalls } from '@carillon/contracts';
import type { Clock } from '@carillon/service-runtime';

const MINUTE_MS = 60_000;
const KEPT_MINUTES = 60;

interface Entry {
  readonly minute: number;
  readonly why: ShedCalls['why'];
  calls: number;
}

/** How many new calls were turned away in each minute of the last hour, and why. */
export class ShedLog {
  /** The oldest first; three for each minute at most. */
  private entries: Entry[] = [];

  constructor(private readonly clock: Clock) {}

  note(why: ShedCalls['why']): void {
    const minute = Math.floor(this.clock.now() / MINUTE_MS);
    const found = this.entries.findLast((entry) => entry.minute === minute && entry.why === why);
    if (found !== undefined) {
      found.calls += 1;
      return;
    }
    this.forgetOld(minute);
    this.entries.push({ minute, why, calls: 1 });
  }

  /** The latest first. */
  list(): ShedCalls[] {
    this.forgetOld(Math.floor(this.clock.now() / MINUTE_MS));
    return this.entries
      .map(({ minute, why, calls }) => ({ minute: new Date(minute * MINUTE_MS).toISOString(), why, calls }))
      .reverse();
  }

  /** Of the last hour. */
  get total(): number {
    return this.list().reduce((sum, { calls }) => sum + calls, 0);
  }

  private forgetOld(now: number): void {
    this.entries = this.entries.filter(({ minute }) => now - minute < KEPT_MINUTES);
  }
}
