import type { UnacknowledgedCopy } from '../api/dialog-copy.js';
import type { TimerHandle } from '../clock.js';
import { copyReceived } from '../transaction/copy-invite.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';

/** Whose 2xx it is. */
export interface AnswerUser {
  /** No ACK came within 64*T1. */
  ackMissing(answer: AnswerRetransmission): void;
}

/**
 * Sends a 2xx to an INVITE again until its ACK comes (RFC 3261 §13.3.1.4): after T1, doubling up to T2, for 64*T1,
 * on every transport, because a proxy on the way may use another one.
 */
export class AnswerRetransmission {
  readonly sequence: number;
  private interval: number;
  private readonly end: number;
  private timer: TimerHandle | undefined;

  constructor(
    private readonly core: Core,
    private readonly sent: { transaction: ServerTransaction; bytes: Buffer },
    private readonly user: AnswerUser,
  ) {
    const { t1 } = core.timers;
    this.sequence = sent.transaction.request.cseq?.sequence ?? -1;
    this.interval = t1;
    this.end = core.clock.now() + 64 * t1;
    this.arm();
  }

  copy(): UnacknowledgedCopy {
    const { transaction, bytes } = this.sent;
    return { invite: copyReceived(transaction), answer: bytes.latin1Slice(0, bytes.length) };
  }

  /** Whether it came through is of no interest any more. */
  stop(): void {
    this.sent.transaction.onFailed = undefined;
    if (this.timer !== undefined) this.core.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }

  private arm(): void {
    const { clock } = this.core;
    const wait = Math.min(this.interval, this.end - clock.now());
    this.timer = clock.setTimeout(() => this.elapsed(), wait);
  }

  private elapsed(): void {
    this.timer = undefined;
    const { clock, timers } = this.core;
    if (clock.now() >= this.end) {
      this.user.ackMissing(this);
      return;
    }
    this.sent.transaction.respondBytes(200, this.sent.bytes);
    this.interval = Math.min(this.interval * 2, timers.t2);
    this.arm();
  }
}
