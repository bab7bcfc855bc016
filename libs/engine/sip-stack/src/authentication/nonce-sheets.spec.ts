import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../testing/seeded-random.js';
import { systemRandom } from '../random.js';
import { NonceSheets } from './nonce-sheets.js';

const SECRET = Buffer.from('secret of this server, 32 octets');
const NOW = 1_800_000_000;
const asked = { realm: 'r', nowSeconds: NOW + 60, lifetimeSeconds: 300 };

describe('nonces that are sealed by the sheet', () => {
  it('know their age, to the second', () => {
    const sheets = new NonceSheets(SECRET, systemRandom);
    const nonce = sheets.make('r', NOW + 0.7);
    expect(nonce).toMatch(/^[\w-]{37}$/);
    expect(sheets.age(nonce, asked)).toBe(60);
    expect(sheets.age(nonce, { ...asked, nowSeconds: NOW })).toBe(0);
    expect(sheets.age(nonce, { ...asked, nowSeconds: NOW + 300.9 })).toBe(300);
  });

  it('are no good when they are too old, or from the future', () => {
    const sheets = new NonceSheets(SECRET, systemRandom);
    const nonce = sheets.make('r', NOW);
    expect(sheets.age(nonce, { ...asked, nowSeconds: NOW + 301 })).toBeUndefined();
    expect(sheets.age(nonce, { ...asked, nowSeconds: NOW - 1 })).toBeUndefined();
  });

  it('are all different, over sheets, seconds and realms', () => {
    const sheets = new NonceSheets(SECRET, systemRandom);
    const made = new Set<string>();
    for (let at = 0; at < 1000; at += 1) for (const realm of ['r', 's']) made.add(sheets.make(realm, NOW + at / 100));
    expect(made.size).toBe(2000);
  });

  it('are known to another process with the same secret, and to no other', () => {
    const nonce = new NonceSheets(SECRET, systemRandom).make('r', NOW);
    expect(new NonceSheets(SECRET, systemRandom).age(nonce, asked)).toBe(60);
    expect(new NonceSheets(Buffer.from('another'), systemRandom).age(nonce, asked)).toBeUndefined();
  });

  it('hold for their realm alone', () => {
    const sheets = new NonceSheets(SECRET, systemRandom);
    expect(sheets.age(sheets.make('r', NOW), { ...asked, realm: 's' })).toBeUndefined();
  });

  it('are not taken with any character changed, left out or added', () => {
    const sheets = new NonceSheets(SECRET, systemRandom);
    const nonce = sheets.make('r', NOW);
    for (let at = 0; at < nonce.length; at += 1) {
      const other = nonce[at] === 'A' ? 'B' : 'A';
      expect(sheets.age(nonce.slice(0, at) + other + nonce.slice(at + 1), asked)).toBeUndefined();
      expect(sheets.age(nonce.slice(0, at) + nonce.slice(at + 1), asked)).toBeUndefined();
      expect(sheets.age(`${nonce.slice(0, at)}=${nonce.slice(at + 1)}`, asked)).toBeUndefined();
    }
    const written = Array.from({ length: 2000 }, () => sheets.make('r', NOW)).find((one) => /^\w*-/.test(one)) ?? '';
    expect(sheets.age(written, asked)).toBe(60);
    expect(sheets.age(written.replace('-', '+'), asked)).toBeUndefined();
    for (const wrong of ['', 'A', `${nonce}A`, '='.repeat(37), 'é'.repeat(37)])
      expect(sheets.age(wrong, asked)).toBeUndefined();
  });

  it('are known for long, though only some sheets are at hand', () => {
    const sheets = new NonceSheets(SECRET, new SeededRandom(1));
    const nonces = Array.from({ length: 60_000 }, () => sheets.make('r', NOW));
    for (const nonce of [nonces[0], nonces[77], nonces[30_000], nonces.at(-1)])
      expect(sheets.age(nonce ?? '', asked)).toBe(60);
  });
});
