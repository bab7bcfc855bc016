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
});
