/** A warning is due each time a queue has grown by this many. */
const WARN_EVERY = 1_000;
/** What was taken is cut off when it is so much. */
const TAKEN_AT_MOST = 2_000;
/** What waits for it goes in the next microtask; `queueMicrotask` would make an asynchronous resource for each. */
const AT_ONCE = Promise.resolve();

/** @returns a promise where it is not done yet */
export type EventTaker = (event: unknown, name: string) => void | Promise<void>;

export interface OrderedQueueReports {
  readonly failed: (error: unknown) => void;
  readonly growing: (length: number) => void;
}

/**
 * Gives events to one who takes them, one after another. One that fails is reported and does not stop the next. Those that
 * are taken at once go in one microtask, without a promise for each.
 */
export class OrderedQueue {
  /** An event and its name by turns. */
  private waiting: unknown[] = [];
  /** Those before it were taken. */
  private at = 0;
  private busy = false;
  /** Told when nothing runs or waits. */
  private idlers: (() => void)[] = [];

  constructor(
    private readonly take: EventTaker,
    private readonly reports: OrderedQueueReports,
  ) {}

  push(event: unknown, name: string): void {
    this.waiting.push(event, name);
    const length = (this.waiting.length - this.at) / 2;
    if (length % WARN_EVERY === 0) this.reports.growing(length);
    if (this.busy) return;
    this.busy = true;
    // Let the publisher finish its own step first.
    void AT_ONCE.then(this.drain);
  }

  /** Forgets what waits; what runs goes on. */
  clear(): void {
    this.waiting = [];
    this.at = 0;
  }

  /** Resolves when nothing runs or waits; undefined if so already. */
  idle(): Promise<void> | undefined {
    return this.busy ? new Promise((resolve) => this.idlers.push(resolve)) : undefined;
  }

  private readonly drain = (): void => {
    // What comes meanwhile is appended, and taken in the same go.
    while (this.at < this.waiting.length) {
      const event = this.waiting[this.at];
      const name = this.waiting[this.at + 1] as string;
      this.at += 2;
      const pending = this.tryTake(event, name);
      if (pending === undefined) continue;
      this.dropTaken();
      pending.then(this.drain, this.failed);
      return;
    }
    this.clear();
    this.busy = false;
    for (const resolve of this.idlers.splice(0)) resolve();
  };

  private readonly failed = (error: unknown): void => {
    this.reports.failed(error);
    this.drain();
  };

  /** A queue that is never empty must not grow for ever. */
  private dropTaken(): void {
    if (this.at < TAKEN_AT_MOST) return;
    this.waiting.splice(0, this.at);
    this.at = 0;
  }

  private tryTake(event: unknown, name: string): Promise<void> | undefined {
    try {
      return this.take(event, name) ?? undefined;
    } catch (error) {
      this.reports.failed(error);
      return undefined;
    }
  }
}
