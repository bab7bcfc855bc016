import { describe, expect, it } from 'vitest';
import { NonceCounts } from './nonce-counts.js';

const times = (madeAt: number, lifetime = 1_000, now = madeAt) => ({ madeAt, expiresAt: madeAt + lifetime, now });

describe('nonce counts (RFC 7616 §3.4.5)', () => {
  it('are taken once each, also out of order', () => {
    const counts = new NonceCounts(10);
    for (const count of [1, 3, 2, 40]) expect(counts.use('n', count, times(0))).toBe(true);
    for (const count of [1, 3, 2, 40, 5]) expect(counts.use('n', count, times(0))).toBe(false);
    expect(counts.use('n', 39, times(0))).toBe(true);
  });

  it('are bounded under a flood of nonces, and none can be used again, remembered or not', () => {
    const counts = new NonceCounts(100);
    for (let nonce = 0; nonce < 5_000; nonce += 1) {
      expect(counts.use(`n${nonce}`, 1, times(nonce, 100_000))).toBe(true);
      expect(counts.size).toBeLessThanOrEqual(100);
    }
    for (let nonce = 0; nonce < 5_000; nonce += 1)
      expect(counts.use(`n${nonce}`, 1, times(nonce, 100_000, 5_000))).toBe(false);
  });

  it('of a nonce that was made before what is forgotten, and comes late, are not taken', () => {
    const counts = new NonceCounts(10);
    for (let nonce = 0; nonce < 15; nonce += 1) counts.use(`n${nonce}`, 1, times(nonce));
    expect(counts.use('late', 1, times(2, 1_000, 20))).toBe(false);
    expect(counts.use('timely', 1, times(14, 1_000, 20))).toBe(true);
  });

  it('are forgotten with their nonces', () => {
    const counts = new NonceCounts(1_000);
    for (let nonce = 0; nonce < 100; nonce += 1) counts.use(`n${nonce}`, 1, times(0, 50));
    counts.use('later', 1, times(200, 300));
    expect(counts.size).toBeLessThan(3);
    expect(counts.use('older, but nothing good is forgotten', 1, times(150, 300, 200))).toBe(true);
  });

  it('of one sheet are kept apart by their places, also when a part of the sheet was forgotten', () => {
    const counts = new NonceCounts(6);
    const places = ['A', 'B', 'C', 'D', 'E', 'F', 'G'].map((place) => `sheet of one${place}-seal`);
    for (const nonce of places) expect(counts.use(nonce, 1, times(0, 1_000, 5))).toBe(true);
    expect(counts.size).toBeLessThanOrEqual(6);
    for (const nonce of places) expect(counts.use(nonce, 1, times(0, 1_000, 6))).toBe(false);
    expect(counts.use(places[6] ?? '', 2, times(0, 1_000, 6))).toBe(true);
  });

  it('go up to the largest that can be written', () => {
    const counts = new NonceCounts(10);
    for (const count of [0x7fffffff, 0xffffffff, 0xfffffffe]) expect(counts.use('n', count, times(0))).toBe(true);
    for (const count of [0xffffffff, 0xfffffffe, 1]) expect(counts.use('n', count, times(0))).toBe(false);
  });
});
