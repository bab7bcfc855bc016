import { expect, it } from 'vitest';
import { shedSummary } from './shed-summary.js';

it('adds up the minutes of each reason, the worst first', () => {
  const at = (minute: number) => `2026-03-01T12:0${minute}:00.000Z`;
  expect(shedSummary([])).toEqual([]);
  expect(
    shedSummary([
      { minute: at(5), why: 'slow', calls: 2 },
      { minute: at(3), why: 'full', calls: 9 },
      { minute: at(1), why: 'slow', calls: 4 },
    ]),
  ).toEqual([
    { why: 'full', calls: 9, from: at(3), to: at(3) },
    { why: 'slow', calls: 6, from: at(1), to: at(5) },
  ]);
});
