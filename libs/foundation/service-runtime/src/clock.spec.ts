import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SystemClock } from './clock.js';

const DAY_MS = 24 * 60 * 60 * 1000;

describe("the machine's clock", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([1, 20, 30, 60])('waits %i days where it is told to', (days) => {
    const work = vi.fn<() => void>();
    new SystemClock().after(days * DAY_MS, work);
    vi.advanceTimersByTime(days * DAY_MS - 1);
    expect(work).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it.each([0, 40])('does nothing once it is cancelled, after %i of 60 days', (days) => {
    const work = vi.fn<() => void>();
    const cancel = new SystemClock().after(60 * DAY_MS, work);
    vi.advanceTimersByTime(days * DAY_MS);
    cancel();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60 * DAY_MS);
    expect(work).not.toHaveBeenCalled();
  });
});
