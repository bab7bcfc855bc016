import type { NotifyContent } from '../api/notifier-subscription.js';
import type { RequestOutcome } from '../api/request-outcome.js';
import type { Clock, TimerHandle } from '../clock.js';
import { endedFailure } from '../request-failure.js';

/** What a NOTIFY came to. */
export interface NotifySent {
  readonly outcome: RequestOutcome;
  /** The state goes again: after so many seconds, or when its sender says so by `resend`. */
  readonly again?: number | 'when-heard';
}

interface UnderWay {
  readonly content: NotifyContent;
  readonly tellers: readonly ((outcome: RequestOutcome) => void)[];
}

/**
 * NOTIFYs of one subscription: one at a time, so that none overtakes another, and no faster than allowed (RFC 6665 §5.4.10).
 * A state that waits is replaced by a newer one.
 *
 * ```text
 * idle ──push──► under way ──answered──► idle
 *                  │   ^ `──Retry-After──► waiting ──time──► under way
 *     nobody there │   `─resend─.
 *                  `──► absent ─┘
 * ```
 */
export class NotifyQueue {
  private waiting: NotifyContent | undefined;
  private readonly tellers: ((outcome: RequestOutcome) => void)[] = [];
  private underWay: UnderWay | undefined;
  private settled: Promise<void> = Promise.resolve();
  private nextAt = 0;
  private timer: TimerHandle | undefined;
  private stopped = false;
  /** Nobody was there to take the last one: what is to be sent waits for `resend` or `resume`. */
  absent = false;

  constructor(
    private readonly clock: Clock,
    private readonly intervalMilliseconds: number,
    private readonly send: (content: NotifyContent) => Promise<NotifySent>,
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
    return this.settled;
  }

  /** There is a way again, or a better one: what was not confirmed goes by it, unless something newer does. */
  resend(): void {
    const lost = this.underWay;
    if (this.stopped || (lost === undefined && !this.absent)) return;
    this.absent = false;
    this.underWay = undefined;
    if (lost !== undefined) {
      this.waiting ??= lost.content;
      this.tellers.unshift(...lost.tellers);
    }
    // What nobody heard does not count.
    this.nextAt = this.clock.now();
    this.step();
  }

  /** What is sent next goes at once, however shortly before the last one went. */
  hurry(): void {
    this.nextAt = this.clock.now();
    if (this.timer !== undefined) this.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** Somebody is there to take what waits. */
  resume(): void {
    this.absent = false;
    this.step();
  }

  /** Nothing more is sent; what waited was not. */
  stop(): void {
    this.stopped = true;
    this.waiting = undefined;
    if (this.timer !== undefined) this.clock.clearTimeout(this.timer);
    for (const tell of this.tellers.splice(0)) tell(endedFailure());
  }

  private step(): void {
    const isIdle = this.underWay === undefined && !this.absent && this.timer === undefined;
    if (!isIdle || this.waiting === undefined || this.stopped) return;
    const wait = this.nextAt - this.clock.now();
    if (wait > 0) {
      this.timer = this.clock.setTimeout(() => {
        this.timer = undefined;
        this.step();
      }, wait);
      return;
    }
    const underWay: UnderWay = { content: this.waiting, tellers: this.tellers.splice(0) };
    this.waiting = undefined;
    this.underWay = underWay;
    this.nextAt = this.clock.now() + this.intervalMilliseconds;
    this.settled = this.send(underWay.content).then((sent) => this.finished(underWay, sent));
  }

  private finished(sent: UnderWay, { outcome, again }: NotifySent): void {
    // It went again by another way: whatever became of it by this one.
    if (this.underWay !== sent) return;
    this.underWay = undefined;
    if (again !== undefined && !this.stopped) {
      this.waiting ??= sent.content;
      if (again === 'when-heard') this.absent = true;
      else this.nextAt = this.clock.now() + again * 1000;
    }
    for (const tell of sent.tellers) tell(outcome);
    this.step();
  }
}
