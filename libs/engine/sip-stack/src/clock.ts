/** A pending timer; only its own clock knows what is inside. */
export type TimerHandle = object;

/** Time as the stack sees it, injected so that tests can run on a virtual clock. */
export interface Clock {
  /** Milliseconds; only differences and expiry instants are used. */
  now(): number;
  setTimeout(callback: () => void, milliseconds: number): TimerHandle;
  clearTimeout(handle: TimerHandle): void;
}

/** Node fires longer timers at once (2^31-1 ms is about 25 days). */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, milliseconds) => setTimeout(callback, Math.min(milliseconds, LONGEST_TIMER)),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};
