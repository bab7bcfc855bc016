import type { RequestFailure } from '../api/request-outcome.js';
import type { TimerHandle } from '../clock.js';
import { timeoutFailure } from '../request-failure.js';
import type { Session } from './session.js';

/**
 * A re-INVITE that rings has no timer of its own in its transaction (RFC 3261 §17.1.1), and its final response may never come: lost
 * with a peer that is gone, or with the session. This one gives it timer C, then 64*T1 after the CANCEL (§9.1).
 *
 * ```text
 * waiting --1xx--> waiting --timer C: CANCEL--> leaving --64*T1--> gave up
 *    `--------------------session ended-----------^
 * ```
 */
export class ReinviteWatch {
  readonly gaveUp: Promise<RequestFailure>;
  private resolve: (failure: RequestFailure) => void = () => undefined;
  private timer: TimerHandle | undefined;
  private leaving = false;

  constructor(private readonly session: Session) {
    this.gaveUp = new Promise((resolve) => {
      this.resolve = resolve;
    });
    this.heard();
  }

  /** A 1xx came: the peer is still at it. */
  heard(): void {
    if (this.leaving) return;
    this.arm(this.session.core.timers.timerC, () => {
      this.session.cancelReinvite();
      this.leave();
    });
  }

  /** The session is over, or the CANCEL is out: the final response is due soon. */
  leave(): void {
    if (this.leaving) return;
    this.leaving = true;
    this.arm(64 * this.session.core.timers.t1, () => this.resolve(timeoutFailure()));
  }

  stop(): void {
    if (this.timer !== undefined) this.session.core.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }

  private arm(milliseconds: number, then: () => void): void {
    this.stop();
    this.timer = this.session.core.clock.setTimeout(then, milliseconds);
  }
}
