import { expect, it } from 'vitest';
import { certificateState } from './certificate-state.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const certificate = (validFrom: string, validTo: string) => ({
  validFrom,
  validTo,
});

it.each([
  ['2026-01-01T00:00:00Z', '2026-06-01T12:00:00Z', 'teal', '92 days left'],
  ['2026-01-01T00:00:00Z', '2026-03-10T12:00:00Z', 'orange', '9 days left'],
  ['2026-01-01T00:00:00Z', '2026-03-02T13:00:00Z', 'orange', '1 day left'],
  ['2026-01-01T00:00:00Z', '2026-03-01T13:00:00Z', 'orange', 'Ends today'],
  ['2026-01-01T00:00:00Z', '2026-03-01T11:00:00Z', 'red', 'Expired'],
  ['2026-04-01T00:00:00Z', '2027-03-01T11:00:00Z', 'red', 'Not valid yet: check the clock of this server'],
])('from %s to %s it is %s: %s', (from, to, color, words) => {
  expect(certificateState(certificate(from, to), NOW)).toEqual({ color, words });
});
