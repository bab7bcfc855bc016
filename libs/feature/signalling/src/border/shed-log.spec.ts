import { ManualClock } from '@carillon/service-runtime';
import { expect, it } from 'vitest';
import { ShedLog } from './shed-log.js';

it('counts the calls that were turned away by minute and reason, for an hour', () => {
  const clock = new ManualClock(Date.parse('2026-03-01T12:00:10Z'));
  const log = new ShedLog(clock);
  for (let i = 0; i < 3; i += 1) log.note('slow');
  log.note('full');
  clock.advance(60_000);
  log.note('slow');
  expect(log.list()).toEqual([
    { minute: '2026-03-01T12:01:00.000Z', why: 'slow', calls: 1 },
    { minute: '2026-03-01T12:00:00.000Z', why: 'full', calls: 1 },
    { minute: '2026-03-01T12:00:00.000Z', why: 'slow', calls: 3 },
  ]);
  clock.advance(59 * 60_000);
  expect(log.total).toBe(1);
  clock.advance(60_000);
  expect(log.list()).toEqual([]);
});
