import { CodedError } from '@carillon/service-runtime';

/** A wait that ends by itself when its time is over. */
export interface Deadline {
  readonly at: number;
  readonly expire: () => void;
}

/** Each knows its neighbours, so that it comes and goes without anything being looked up. */
interface Link {
  readonly at: number;
  readonly expire: () => void;
  before: Link | undefined;
  after: Link | undefined;
  waits: boolean;
}

/** Many waits, nearly all of which end before their time: one timer for all of them, set to the earliest. */
export class Deadlines {
  private first: Link | undefined;
  private timer: NodeJS.Timeout | undefined;
  private timerAt = Infinity;

  /** @param expire called once, unless the deadline is removed before */
  add(timeoutMs: number, expire: () => void): Deadline {
    const { first } = this;
    const link: Link = { at: performance.now() + timeoutMs, expire, before: undefined, after: first, waits: true };
    if (first !== undefined) first.before = link;
    this.first = link;
    if (link.at < this.timerAt) this.wakeAt(link.at);
    return link;
  }

  /** Of this list; again is no error. */
  remove(deadline: Deadline): void {
    const link = deadline as Link;
    if (!link.waits) return;
    link.waits = false;
    if (link.before === undefined) this.first = link.after;
    else link.before.after = link.after;
    if (link.after !== undefined) link.after.before = link.before;
  }

  clear(): void {
    for (let link = this.first; link !== undefined; link = link.after) link.waits = false;
    this.first = undefined;
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
    const due: Link[] = [];
    for (let link = this.first; link !== undefined; link = link.after)
      if (link.at > now) earliest = Math.min(earliest, link.at);
      else due.push(link);
    for (const link of due) {
      // One that ended may have removed another.
      if (!link.waits) continue;
      this.remove(link);
      link.expire();
    }
    if (earliest < this.timerAt) this.wakeAt(earliest);
  }
}

/** What a request that was not answered in its time fails with. */
export function timedOut(subject: string, timeoutMs: number): CodedError {
  return new CodedError('BUS.TIMEOUT', `No answer to ${subject} within ${timeoutMs} ms`);
}
