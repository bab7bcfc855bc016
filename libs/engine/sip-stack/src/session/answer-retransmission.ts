import type { Clock, TimerHandle } from '../clock.js';
import type { Timers } from '../timers.js';

/**
 * Sends a 2xx to an INVITE again until its ACK comes (RFC 3261 §13.3.1.4): after T1, doubling up to T2, for 64*T1,
 * on every transport, because a proxy on the way may use another one.
 */
export class AnswerRetransmission {
  private interval: number;
  private again: TimerHandle | undefined;
  private end: TimerHandle | undefined;

  constructor(
    private readonly context: { readonly clock: Clock; readonly timers: Timers },
    private readonly send: () => void,
    noAck: () => void,
  ) {
    const { clock, timers } = context;
    this.interval = timers.t1;
    this.end = clock.setTimeout(() => {
      this.stop();
      noAck();
    }, 64 * timers.t1);
    this.arm();
  }

  stop(): void {
    const { clock } = this.context;
    if (this.again !== undefined) clock.clearTimeout(this.again);
    if (this.end !== undefined) clock.clearTimeout(this.end);
    this.again = undefined;
    this.end = undefined;
  }

  private arm(): void {
    this.again = this.context.clock.setTimeout(() => {
      this.send();
      this.interval = Math.min(this.interval * 2, this.context.timers.t2);
      this.arm();
    }, this.interval);
  }
}
