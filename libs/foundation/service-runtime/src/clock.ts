/** Time, injected so that tests can move it. */
export abstract class Clock {
  /** Milliseconds since 1970. */
  abstract now(): number;
  /** Runs `work` once after `delayMs`; the returned function cancels it. Never keeps the process alive by itself. */
  abstract after(delayMs: number, work: () => void): () => void;
}

/** Node fires longer timers at once (2^31-1 ms is about 25 days). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The real one. */
export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }
  after(delayMs: number, work: () => void): () => void {
    if (delayMs > LONGEST_TIMER_MS) {
      let cancel = this.after(LONGEST_TIMER_MS, () => {
        cancel = this.after(delayMs - LONGEST_TIMER_MS, work);
      });
      return () => cancel();
    }
    const timer = setTimeout(work, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  }
}

/** A clock that stands still until `advance` is called. */
export class ManualClock extends Clock {
  private readonly timers = new Set<{ at: number; work: () => void }>();
  constructor(private time = 0) {
    super();
  }
  now(): number {
    return this.time;
  }
  after(delayMs: number, work: () => void): () => void {
    const timer = { at: this.time + delayMs, work };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }
  /** Moves time forward and fires what falls due, in order. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const [next] = [...this.timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.timers.delete(next);
      this.time = next.at;
      next.work();
    }
    this.time = end;
  }
}
