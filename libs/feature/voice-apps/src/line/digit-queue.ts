import type { DtmfDigit } from '@carillon/domain';
import type { Clock } from '@carillon/service-runtime';

/** Keys pressed ahead of the question; more are dropped. */
const MOST_WAITING = 32;

/** The keys that the caller pressed, in order, until somebody takes them. */
export class DigitQueue {
  private readonly waiting: DtmfDigit[] = [];
  private count = 0;
  private taker: ((digit: DtmfDigit) => void) | undefined;

  constructor(private readonly clock: Clock) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Keys that came so far, taken or not. */
  get pressed(): number {
    return this.count;
  }

  push(digit: DtmfDigit): void {
    this.count += 1;
    if (this.taker !== undefined) this.taker(digit);
    else if (this.waiting.length < MOST_WAITING) this.waiting.push(digit);
  }

  /** Forgets what was pressed ahead. */
  clear(): void {
    this.waiting.length = 0;
  }

  /**
   * The next key. One taker at a time.
   * @returns undefined where none comes within `timeoutMs` @throws the signal's reason
   */
  next(timeoutMs: number, signal: AbortSignal): Promise<DtmfDigit | undefined> {
    signal.throwIfAborted();
    const ready = this.waiting.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    return new Promise((settle, fail) => {
      const finish = (): void => {
        this.taker = undefined;
        cancel();
        signal.removeEventListener('abort', aborted);
      };
      const aborted = (): void => {
        finish();
        fail(signal.reason);
      };
      const cancel = this.clock.after(timeoutMs, () => {
        finish();
        settle(undefined);
      });
      this.taker = (digit) => {
        finish();
        settle(digit);
      };
      signal.addEventListener('abort', aborted, { once: true });
    });
  }
}
