import type { TimerHandle } from '../clock.js';
import type { TransportContext } from './network.js';

/**
 * How long a connection may keep us waiting. Peers are shed when they do not open, open and say nothing, start a
 * message and never finish it, or stay idle. One timer; traffic only notes the time.
 */
export class Patience {
  private timer: TimerHandle | undefined;
  private heard = false;
  private partial = false;
  /** Since when the message that waits for its rest does so; others may have been finished before it. */
  private partialSince = 0;
  private finished = false;
  private openedAt: number;
  private lastTraffic: number;

  constructor(
    private readonly context: Pick<TransportContext, 'clock' | 'limits'>,
    private readonly shed: (reason: string) => void,
  ) {
    this.openedAt = context.clock.now();
    this.lastTraffic = this.openedAt;
  }

  /** An outgoing connection is being opened. */
  opening(): void {
    this.arm(this.context.limits.connectMilliseconds, () => this.shed('connect timeout'));
  }

  /** @param trusted true for peers that we dialled: they need not speak first */
  opened(trusted: boolean): void {
    if (trusted) this.heard = true;
    this.openedAt = this.context.clock.now();
    this.armIdle();
  }

  /** Octets went either way. */
  traffic(): void {
    this.lastTraffic = this.context.clock.now();
  }

  /** The peer brought a whole message. Keep-alives are for flows that carry some (RFC 5626 §3.5): they do not count. */
  hear(): void {
    this.heard = true;
    this.finished = true;
  }

  /** A message came to its end, though not one that counts. */
  finish(): void {
    this.finished = true;
  }

  /** Whether a message has begun and waits for its rest. */
  waitFor(partial: boolean): void {
    const begins = partial && (!this.partial || this.finished);
    this.finished = false;
    // What runs already finds out by itself that another message has begun.
    if (begins) this.partialSince = this.context.clock.now();
    if (partial === this.partial) return;
    this.partial = partial;
    if (partial) this.armPartial();
    else this.armIdle();
  }

  stop(): void {
    if (this.timer !== undefined) this.context.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }

  private armPartial(): void {
    const { clock, limits } = this.context;
    const left = this.partialSince + limits.slowMessageMilliseconds - clock.now();
    if (left <= 0) this.shed('message never finished');
    else this.arm(left, () => this.armPartial());
  }

  private armIdle(): void {
    const { clock, limits } = this.context;
    const idle = this.heard ? limits.idleConnectionMilliseconds : limits.silentConnectionMilliseconds;
    const left = (this.heard ? this.lastTraffic : this.openedAt) + idle - clock.now();
    if (left <= 0) this.shed(this.heard ? 'idle connection' : 'silent connection');
    // Who has not spoken yet is not helped by what we send.
    else this.arm(left, () => this.armIdle());
  }

  private arm(milliseconds: number, then: () => void): void {
    this.stop();
    this.timer = this.context.clock.setTimeout(then, milliseconds);
  }
}
