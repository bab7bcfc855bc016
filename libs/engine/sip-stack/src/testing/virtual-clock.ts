import type { Clock, TimerHandle } from '../clock.js';

interface Pending {
  readonly at: number;
  readonly order: number;
  callback: (() => void) | undefined;
}

/** Time that passes only when a test says so; promises settle between timers. */
export class VirtualClock implements Clock {
  private time = 1_700_000_000_000;
  private order = 0;
  /** A binary heap, earliest first; cleared timers stay in it without their callback until their turn. */
  private readonly heap: Pending[] = [];
  private waiting = 0;

  now(): number {
    return this.time;
  }

  get pending(): number {
    return this.waiting;
  }

  setTimeout(callback: () => void, milliseconds: number): TimerHandle {
    const timer: Pending = { at: this.time + Math.max(0, milliseconds), order: this.order++, callback };
    this.waiting += 1;
    this.push(timer);
    return timer;
  }

  clearTimeout(handle: TimerHandle): void {
    const timer = handle as Pending;
    if (timer.callback === undefined) return;
    timer.callback = undefined;
    this.waiting -= 1;
  }

  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    await settle();
    for (let next = this.next(end); next !== undefined; next = this.next(end)) {
      this.time = next.at;
      const { callback } = next;
      this.clearTimeout(next);
      callback?.();
      await settle();
    }
    this.time = end;
  }

  private next(end: number): Pending | undefined {
    for (let first = this.heap[0]; first !== undefined && first.at <= end; first = this.heap[0]) {
      this.pop();
      if (first.callback !== undefined) return first;
    }
    return undefined;
  }

  private push(timer: Pending): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, timer)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = timer;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const [child, below] =
        right !== undefined && left !== undefined && isBefore(right, left) ? [right, 2 * at + 2] : [left, 2 * at + 1];
      if (child === undefined || isBefore(last, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(one: Pending, other: Pending): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
