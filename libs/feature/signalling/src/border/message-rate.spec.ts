import { expect, it } from 'vitest';
import { MessageRate } from './message-rate.js';

const LIMIT = { perSecond: 10, burst: 20 };

it('lets a burst through, then so many a second', () => {
  const rate = new MessageRate();
  const passed = (from: number, messages: number, now: number): number =>
    Array.from({ length: messages }).filter(() => rate.take(`source-${from}`, LIMIT, now)).length;
  expect(passed(1, 50, 0)).toBe(20);
  expect(passed(1, 50, 500)).toBe(5);
  expect(passed(2, 5, 500)).toBe(5);
  expect(passed(1, 50, 60_000)).toBe(20);
});
