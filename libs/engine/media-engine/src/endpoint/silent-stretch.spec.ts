import { expect, it } from 'vitest';
import { SilentStretch } from './silent-stretch.js';

const sentAt = (stretch: SilentStretch, fromMs: number, toMs: number): number[] => {
  const times: number[] = [];
  for (let now = fromMs; now < toMs; now += 20) if (stretch.isDue(now)) times.push(now);
  return times;
};

it('fills the first 400 ms, then says twice a second that it is still there', () => {
  const stretch = new SilentStretch();
  expect(sentAt(stretch, 1000, 1400)).toHaveLength(20);
  expect(sentAt(stretch, 1400, 3000)).toEqual([1880, 2380, 2880]);
});

it('starts afresh after sound', () => {
  const stretch = new SilentStretch();
  sentAt(stretch, 0, 2000);
  stretch.end();
  expect(sentAt(stretch, 2000, 2400)).toHaveLength(20);
});
