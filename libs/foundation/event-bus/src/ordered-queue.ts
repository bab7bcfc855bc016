/** A warning is due each time a queue has grown by this many. */
const WARN_EVERY = 1_000;

export interface OrderedQueueReports {
  readonly failed: (error: unknown) => void;
  readonly growing: (length: number) => void;
}

/** Runs jobs one after another. A job that fails is reported and does not stop the next. */
export class OrderedQueue {
  private readonly jobs: (() => void | Promise<void>)[] = [];
  private running: Promise<void> | undefined;

  constructor(private readonly reports: OrderedQueueReports) {}

  push(job: () => void | Promise<void>): void {
    this.jobs.push(job);
    if (this.jobs.length % WARN_EVERY === 0) this.reports.growing(this.jobs.length);
    this.running ??= this.run();
  }

  /** Forgets what waits; what runs goes on. */
  clear(): void {
    this.jobs.length = 0;
  }

  /** Resolves when nothing runs or waits; undefined if so already. */
  idle(): Promise<void> | undefined {
    return this.running;
  }

  private async run(): Promise<void> {
    // Let the publisher finish its own step first.
    await Promise.resolve();
    for (let job = this.jobs.shift(); job !== undefined; job = this.jobs.shift()) {
      try {
        const pending = job();
        if (pending !== undefined) await pending;
      } catch (error) {
        this.reports.failed(error);
      }
    }
    this.running = undefined;
  }
}
