import { describe, expect, it } from 'vitest';
import { RecentKeys } from './recent-keys.js';

describe('RecentKeys', () => {
  it('never holds more than its capacity, and what came last is there', () => {
    const keys = new RecentKeys<number>(100);
    for (let key = 0; key < 10_000; key += 1) {
      keys.set(`key ${key}`, key);
      expect(keys.size).toBeLessThanOrEqual(101);
    }
    for (let key = 9_960; key < 10_000; key += 1) expect(keys.get(`key ${key}`)).toBe(key);
    expect(keys.get('key 0')).toBeUndefined();
  });

  it('keeps what is read, however many strangers come', () => {
    const keys = new RecentKeys<string>(100);
    keys.set('friend', 'here');
    for (let key = 0; key < 10_000; key += 1) {
      keys.set(`stranger ${key}`, '');
      if (key % 40 === 0) expect(keys.get('friend')).toBe('here');
    }
  });

  it('tells each key once, with what was set last', () => {
    const keys = new RecentKeys<number>(6);
    for (const key of ['a', 'b', 'c', 'd', 'a']) keys.set(key, key === 'a' ? 2 : 1);
    keys.get('b');
    const entries = [...keys.entries()];
    expect(new Set(entries.map(([key]) => key)).size).toBe(entries.length);
    expect(Object.fromEntries(entries)).toEqual({ a: 2, b: 1, c: 1, d: 1 });
  });
});
