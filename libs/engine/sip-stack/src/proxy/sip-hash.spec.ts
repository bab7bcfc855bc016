import { describe, expect, it } from 'vitest';
import { sipHash } from './sip-hash.js';

const KEY = Uint8Array.from({ length: 16 }, (_, at) => at);
const input = (length: number): string => String.fromCharCode(...Array.from({ length }, (_, at) => at));

describe('SipHash-2-4', () => {
  // The reference vectors print octets lowest first; here the number is written as usual.
  it.each([
    [0, '726fdb47dd0e0e31'],
    [1, '74f839c593dc67fd'],
    [7, 'ab0200f58b01d137'],
    [8, '93f5f5799a932462'],
    [15, 'a129ca6149be45e5'],
  ])('hashes %i octets as its authors do', (length, hash) => {
    expect(sipHash(KEY)(input(length))).toBe(hash);
  });

  it('depends on the key', () => {
    expect(sipHash(KEY.map((octet) => octet ^ 1))('abc')).not.toBe(sipHash(KEY)('abc'));
  });
});
