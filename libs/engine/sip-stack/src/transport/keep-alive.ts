import type { KeepAliveOptions } from '../api/flow.js';
import type { Clock, TimerHandle } from '../clock.js';

/** RFC 5626 §4.4.1: a ping without its pong for so long means a dead flow. */
export const PONG_MILLISECONDS = 10_000;
/** RFC 5626 §4.4: each wait is shortened by up to a fifth, so that peers do not keep step. */
const JITTER = 0.2;

/** The flow under watch, as the watch needs it. */
export interface WatchedFlow {
  /** Asks once. `answered` is called once, with a reason when the flow is dead. @returns forgets the question */
  ask(answered: (dead: string | undefined) => void): () => void;
  /** Calls back for each sign of the peer. @returns forgets the callback */
  onHeard(callback: () => void): () => void;
  /** Calls back once when the connection is gone. @returns forgets the callback */
  onClosed(callback: () => void): () => void;
  /** The watch found the flow dead. */
  dead(reason: string): void;
}

/**
 * Watches one flow (RFC 5626 §4.4, RFC 6223).
 *
 * ```text
 * ask:    waiting --interval--> asking --answer--> waiting
 *                                  `--no answer--> dead
 * expect: listening --sign of the peer--> listening
 *             `--nothing for the interval and 10 s--> dead
 * ```
 */
export class KeepAlive {
  private timer: TimerHandle | undefined;
  private forgetQuestion: (() => void) | undefined;
  private readonly forgetClosed: () => void;
  private readonly forgetHeard: () => void;
  private lastHeard: number;
  private ended = false;

  constructor(
    private readonly flow: WatchedFlow,
    private readonly options: KeepAliveOptions,
    private readonly context: { clock: Clock; fraction: () => number },
  ) {
    this.lastHeard = context.clock.now();
    this.forgetHeard = options.role === 'expect' ? flow.onHeard(() => this.heard()) : () => undefined;
    this.forgetClosed = flow.onClosed(() => this.end('connection closed'));
    this.wait();
  }

  stop(): void {
    if (this.ended) return;
    this.ended = true;
    if (this.timer !== undefined) this.context.clock.clearTimeout(this.timer);
    this.forgetQuestion?.();
    this.forgetHeard();
    this.forgetClosed();
  }

  private heard(): void {
    this.lastHeard = this.context.clock.now();
  }

  private wait(): void {
    const { clock, fraction } = this.context;
    const interval = this.options.intervalSeconds * 1000;
    if (this.options.role === 'ask') {
      this.timer = clock.setTimeout(() => this.ask(), interval * (1 - JITTER * fraction()));
    } else {
      const left = this.lastHeard + interval + PONG_MILLISECONDS - clock.now();
      if (left > 0) this.timer = clock.setTimeout(() => this.wait(), left);
      else this.die('no keep-alive came');
    }
  }

  private ask(): void {
    this.forgetQuestion = this.flow.ask((dead) => {
      this.forgetQuestion = undefined;
      if (dead === undefined) this.wait();
      else this.die(dead);
    });
  }

  private die(reason: string): void {
    this.end(reason);
    this.flow.dead(reason);
  }

  private end(reason: string): void {
    if (this.ended) return;
    this.stop();
    this.options.onDead(reason);
  }
}
