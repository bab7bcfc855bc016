import { FRAME_MS } from '../codecs/audio-codec.js';

/** After a stall longer than this the missed ticks are skipped instead of being made up for. */
const MAX_CATCH_UP_MS = 100;

/**
 * Calls back every 20 ms without drift: each tick is scheduled from the start, not from the tick before. It may be
 * stopped from within the call, and started again later: a thread that has nothing to do does not wake fifty times a second.
 */
export class TickClock {
  /** How late the ticks of the last second were, at worst. */
  worstLateMs = 0;
  private running = false;
  private timer: NodeJS.Timeout | null = null;
  private startMs = 0;
  private ticks = 0;
  private worstInWindow = 0;

  constructor(
    private readonly monotonicMs: () => number,
    private readonly onTick: (nowMs: number) => void,
  ) {}

  /** Does nothing while it runs. */
  start(): void {
    if (this.running) return;
    this.running = true;
    this.startMs = this.monotonicMs();
    this.ticks = 0;
    this.schedule();
  }

  stop(): void {
    this.running = false;
    this.worstLateMs = 0;
    this.worstInWindow = 0;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private schedule(): void {
    const dueMs = this.startMs + (this.ticks + 1) * FRAME_MS;
    this.timer = setTimeout(() => this.fire(), Math.max(0, dueMs - this.monotonicMs()));
  }

  private fire(): void {
    const nowMs = this.monotonicMs();
    this.timer = null;
    let dueMs = this.startMs + (this.ticks + 1) * FRAME_MS;
    // A timer may fire up to a millisecond early.
    if (nowMs < dueMs - 1) {
      this.schedule();
      return;
    }
    this.observeLateness(nowMs - dueMs);
    if (nowMs - dueMs > MAX_CATCH_UP_MS) {
      this.startMs += Math.floor((nowMs - dueMs) / FRAME_MS) * FRAME_MS;
      dueMs = this.startMs + (this.ticks + 1) * FRAME_MS;
    }
    this.schedulePastTicks(nowMs);
    if (this.running) this.schedule();
  }

  private schedulePastTicks(nowMs: number): void {
    while (this.running && this.startMs + (this.ticks + 1) * FRAME_MS <= nowMs + 1) {
      this.ticks += 1;
      this.onTick(nowMs);
    }
  }

  private observeLateness(lateMs: number): void {
    this.worstInWindow = Math.max(this.worstInWindow, lateMs);
    if (this.ticks % 50 !== 0) return;
    this.worstLateMs = Math.round(this.worstInWindow * 10) / 10;
    this.worstInWindow = 0;
  }
}
