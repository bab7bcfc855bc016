import type { Clock } from '@carillon/service-runtime';

/** So many times the seconds are waited at most, however often somebody answers only to have us ask elsewhere. */
const MOST_TIMES = 6;

/** How long silence is borne before anybody has said anything of a call: it begins anew with each answer, bounded in total. */
export class FirstAnswerTime {
  private readonly wholeMs: number;
  private startedAt = Number.NEGATIVE_INFINITY;
  private spentMs = 0;
  private stopTimer: () => void = () => undefined;

  /** @param seconds undefined bears it for ever */
  constructor(
    private readonly clock: Pick<Clock, 'now' | 'after'>,
    seconds: number | undefined,
    private readonly over: () => void,
  ) {
    this.wholeMs = (seconds ?? Infinity) * 1000;
  }

  begin(): void {
    if (this.wholeMs === Infinity) return;
    this.stopTimer();
    const now = this.clock.now();
    // Of a time in which it rang no more than that counts.
    if (this.startedAt > Number.NEGATIVE_INFINITY) this.spentMs += Math.min(now - this.startedAt, this.wholeMs);
    this.startedAt = now;
    const leftMs = Math.max(0, MOST_TIMES * this.wholeMs - this.spentMs);
    this.stopTimer = this.clock.after(Math.min(this.wholeMs, leftMs), this.over);
  }

  stop(): void {
    this.stopTimer();
  }
}
