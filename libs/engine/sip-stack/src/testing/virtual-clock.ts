import type { Clock, TimerHandle } from '../clock.js';

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Time that passes only when a test says so; promises settle between timers. */
export class VirtualClock implements Clock {
  private time = 1_700_000_000_000;
  private order = 0;
  private readonly timers = new Set<Pending>();

  now(): number {
    return this.time;
  }

  get pending(): number {
    return this.timers.size;
  }

  setTimeout(callback: () => void, milliseconds: number): TimerHandle {
    const timer = { at: this.time + Math.max(0, milliseconds), order: this.order++, callback };
    this.timers.add(timer);
    return timer;
  }

  clearTimeout(handle: TimerHandle): void {
    this.timers.delete(handle as Pending);
  }

  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    await settle();
    for (let next = this.next(end); next !== undefined; next = this.next(end)) {
      this.time = next.at;
      this.timers.delete(next);
      next.callback();
      await settle();
    }
    this.time = end;
  }

  private next(end: number): Pending | undefined {
    let first: Pending | undefined;
    for (const timer of this.timers) {
      if (timer.at > end) continue;
      if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
