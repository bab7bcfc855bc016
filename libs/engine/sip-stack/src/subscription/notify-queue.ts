import type { NotifyContent } from '../api/notifier-subscription.js';
import type { RequestOutcome } from '../api/request-outcome.js';
import type { Clock, TimerHandle } from '../clock.js';
import { endedFailure } from '../request-failure.js';

type Send = (content: NotifyContent) => Promise<{ outcome: RequestOutcome; retryAfterSeconds?: number }>;

/**
 * NOTIFYs of one subscription: one at a time, so that none overtakes another, and no faster than allowed (RFC 6665 §5.4.10).
 * A state that waits is replaced by a newer one.
 */
export class NotifyQueue {
  private waiting: NotifyContent | undefined;
  private readonly tellers: ((outcome: RequestOutcome) => void)[] = [];
  private sending = false;
  private underWay: Promise<void> = Promise.resolve();
  private nextAt = 0;
  private timer: TimerHandle | undefined;
  private stopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly intervalMilliseconds: number,
    private readonly send: Send,
  ) {}

  /** Resolves with the outcome of the NOTIFY that carried this state, or a newer one. */
  push(content: NotifyContent): Promise<RequestOutcome> {
    return new Promise((resolve) => {
      this.waiting = content;
      this.tellers.push(resolve);
      this.step();
    });
  }

  /** Resolves when what was sent is answered. */
  get answered(): Promise<void> {
    return this.underWay;
  }

  /** Nothing more is sent; what waited was not. */
  stop(): void {
    this.stopped = true;
    this.waiting = undefined;
    if (this.timer !== undefined) this.clock.clearTimeout(this.timer);
    for (const tell of this.tellers.splice(0)) tell(endedFailure());
  }

  private step(): void {
    if (this.sending || this.timer !== undefined || this.waiting === undefined || this.stopped) return;
    const wait = this.nextAt - this.clock.now();
    if (wait > 0) {
      this.timer = this.clock.setTimeout(() => {
        this.timer = undefined;
        this.step();
      }, wait);
      return;
    }
    const content = this.waiting;
    const tellers = this.tellers.splice(0);
    this.waiting = undefined;
    this.sending = true;
    this.nextAt = this.clock.now() + this.intervalMilliseconds;
    this.underWay = this.send(content).then(({ outcome, retryAfterSeconds }) => {
      this.sending = false;
      if (retryAfterSeconds !== undefined && !this.stopped) {
        this.nextAt = this.clock.now() + retryAfterSeconds * 1000;
        this.waiting ??= content;
      }
      for (const tell of tellers) tell(outcome);
      this.step();
    });
  }
}
