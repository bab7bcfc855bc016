import type { Clock, TimerHandle } from './clock.js';

/** One pending callback; linked to its neighbours, so that taking it out costs nothing. */
interface Entry {
  readonly at: number;
  readonly queue: Queue;
  callback: (() => void) | undefined;
  previous: Entry | undefined;
  next: Entry | undefined;
}

/** All timers of one length: the one that was set first ends first. */
interface Queue {
  readonly milliseconds: number;
  first: Entry | undefined;
  last: Entry | undefined;
  alarm: TimerHandle | undefined;
}

/** Alarms of this length are not worth taking back: T1 and what waits for a first answer, set and cleared in every call. */
const SHORT_MILLISECONDS = 500;

/**
 * Timers in queues by length, over another clock. A stack has thousands of timers of a few lengths (T1, 64*T1, T4, …),
 * nearly all of them taken back; here each is a link in a list, and each length has one timer of the real clock.
 */
export class TimerQueues implements Clock {
  private readonly queues = new Map<number, Queue>();

  /** @param failed told what a callback throws: the others of its queue run all the same */
  constructor(
    private readonly clock: Clock,
    private readonly failed?: (error: unknown) => void,
  ) {}

  now(): number {
    return this.clock.now();
  }

  setTimeout(callback: () => void, milliseconds: number): TimerHandle {
    let queue = this.queues.get(milliseconds);
    if (queue === undefined) {
      queue = { milliseconds, first: undefined, last: undefined, alarm: undefined };
      this.queues.set(milliseconds, queue);
    }
    const at = this.clock.now() + Math.max(0, milliseconds);
    const entry: Entry = { at, queue, callback, previous: queue.last, next: undefined };
    if (queue.last === undefined) queue.first = entry;
    else queue.last.next = entry;
    queue.last = entry;
    if (queue.alarm === undefined) this.arm(queue, milliseconds);
    return entry;
  }

  clearTimeout(handle: TimerHandle): void {
    const entry = handle as Entry;
    if (entry.callback === undefined) return;
    entry.callback = undefined;
    unlink(entry);
    const { queue } = entry;
    // Nothing is left to wait for: a process may end. A short alarm rings in vain: the next call would set it anew.
    if (queue.first === undefined && queue.milliseconds > SHORT_MILLISECONDS) this.forget(queue);
  }

  private arm(queue: Queue, milliseconds: number): void {
    queue.alarm = this.clock.setTimeout(() => this.ring(queue), milliseconds);
  }

  private ring(queue: Queue): void {
    queue.alarm = undefined;
    const now = this.clock.now();
    for (let entry = queue.first; entry !== undefined && entry.at <= now; entry = queue.first) {
      const { callback } = entry;
      entry.callback = undefined;
      unlink(entry);
      if (callback !== undefined) this.run(callback);
    }
    if (queue.first === undefined) this.forget(queue);
    else if (queue.alarm === undefined) this.arm(queue, Math.max(0, queue.first.at - this.clock.now()));
  }

  private run(callback: () => void): void {
    const { failed } = this;
    if (failed === undefined) {
      callback();
      return;
    }
    try {
      callback();
    } catch (error) {
      failed(error);
    }
  }

  private forget(queue: Queue): void {
    if (queue.alarm !== undefined) this.clock.clearTimeout(queue.alarm);
    queue.alarm = undefined;
    // Another queue of this length may have begun while this one rang.
    if (this.queues.get(queue.milliseconds) === queue) this.queues.delete(queue.milliseconds);
  }
}

function unlink(entry: Entry): void {
  const { queue, previous, next } = entry;
  if (previous === undefined) queue.first = next;
  else previous.next = next;
  if (next === undefined) queue.last = previous;
  else next.previous = previous;
  entry.previous = undefined;
  entry.next = undefined;
}
