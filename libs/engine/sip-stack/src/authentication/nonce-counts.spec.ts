import { describe, expect, it } from 'vitest';
import { NonceCounts } from './nonce-counts.js';

describe('nonce counts (RFC 7616 §3.4.5)', () => {
  it('are taken once each, also out of order', () => {
    const counts = new NonceCounts(10);
    for (const count of [1, 3, 2, 40]) expect(counts.use('n', count, 100, 0)).toBe(true);
    for (const count of [1, 3, 2, 40, 5]) expect(counts.use('n', count, 100, 0)).toBe(false);
    expect(counts.use('n', 39, 100, 0)).toBe(true);
  });

  it('are bounded under a flood of nonces, and the latest are remembered', () => {
    const counts = new NonceCounts(100);
    for (let nonce = 0; nonce < 5_000; nonce += 1) {
      expect(counts.use(`n${nonce}`, 1, 1_000, 0)).toBe(true);
      expect(counts.size).toBeLessThanOrEqual(100);
    }
    for (let nonce = 4_955; nonce < 5_000; nonce += 1) expect(counts.use(`n${nonce}`, 1, 1_000, 0)).toBe(false);
  });

  it('are forgotten with their nonces', () => {
    const counts = new NonceCounts(1_000);
    for (let nonce = 0; nonce < 100; nonce += 1) counts.use(`n${nonce}`, 1, 50, 0);
    counts.use('later', 1, 500, 200);
    expect(counts.size).toBeLessThan(3);
  });
});
