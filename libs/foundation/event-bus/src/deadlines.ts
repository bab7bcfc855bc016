import { CodedError } from '@carillon/service-runtime';

/** A wait that ends by itself when its time is over. */
export interface Deadline {
  readonly at: number;
  readonly expire: () => void;
}

/** Many waits, nearly all of which end before their time: one timer for all of them, set to the earliest. */
export class Deadlines {
  private readonly waiting = new Set<Deadline>();
  private timer: NodeJS.Timeout | undefined;
  private timerAt = Infinity;

  /** @param expire called once, unless the deadline is removed before */
  add(timeoutMs: number, expire: () => void): Deadline {
    const deadline: Deadline = { at: performance.now() + timeoutMs, expire };
    this.waiting.add(deadline);
    if (deadline.at < this.timerAt) this.wakeAt(deadline.at);
    return deadline;
  }

  remove(deadline: Deadline): void {
    this.waiting.delete(deadline);
  }

  clear(): void {
    this.waiting.clear();
    clearTimeout(this.timer);
    this.timerAt = Infinity;
  }

  private wakeAt(at: number): void {
    clearTimeout(this.timer);
    this.timerAt = at;
    this.timer = setTimeout(() => this.expireDue(), Math.max(1, Math.ceil(at - performance.now())));
    // Whoever waits is kept alive by what it waits for.
    this.timer.unref();
  }

  private expireDue(): void {
    const now = performance.now();
    this.timerAt = Infinity;
    let earliest = Infinity;
    for (const deadline of this.waiting) {
      if (deadline.at > now) earliest = Math.min(earliest, deadline.at);
      else {
        this.waiting.delete(deadline);
        deadline.expire();
      }
    }
    if (earliest < this.timerAt) this.wakeAt(earliest);
  }
}

/** What a request that was not answered in its time fails with. */
export function timedOut(subject: string, timeoutMs: number): CodedError {
  return new CodedError('BUS.TIMEOUT', `No answer to ${subject} within ${timeoutMs} ms`);
}
