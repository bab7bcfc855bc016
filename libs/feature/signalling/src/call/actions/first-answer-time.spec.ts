import { ManualClock } from '@carillon/service-runtime';
import { expect, it } from 'vitest';
import { FirstAnswerTime } from './first-answer-time.js';

function timed(seconds: number | undefined) {
  const clock = new ManualClock();
  const over: number[] = [];
  const time = new FirstAnswerTime(clock, seconds, () => over.push(clock.now() - began));
  const began = clock.now();
  time.begin();
  return { clock, over, time };
}

it('is over after its seconds, and those begin anew with each answer', () => {
  const { clock, over, time } = timed(5);
  clock.advance(4_000);
  time.begin();
  clock.advance(4_999);
  expect(over).toEqual([]);
  clock.advance(1);
  expect(over).toEqual([9_000]);
});

it('is over after six times its seconds of silence in all, however often somebody answers', () => {
  const { clock, over, time } = timed(5);
  while (over.length === 0 && clock.now() < 120_000) {
    clock.advance(4_000);
    if (over.length === 0) time.begin();
  }
  expect(over).toEqual([30_000]);
});

it('counts no more of a time in which it rang', () => {
  const { clock, over, time } = timed(5);
  clock.advance(60_000);
  expect(over).toEqual([5_000]);
  time.begin();
  clock.advance(4_999);
  expect(over).toHaveLength(1);
  clock.advance(1);
  expect(over).toHaveLength(2);
});

it('is over never where it was stopped, or nothing was said of it', () => {
  const stopped = timed(5);
  stopped.time.stop();
  const endless = timed(undefined);
  for (const { clock } of [stopped, endless]) clock.advance(600_000);
  expect([stopped.over, endless.over]).toEqual([[], []]);
});
