import { describe, expect, it } from 'vitest';
import { ExpiryBuckets } from './expiry-buckets.js';

const START = 1_000_000_300;

function bucketsWith(...seconds: number[]) {
  const buckets = new ExpiryBuckets<{ expiresAt: number }>(START);
  const things = seconds.map((after) => ({ expiresAt: START + after * 1000 }));
  for (const thing of things) buckets.add(thing);
  return { buckets, things };
}

describe('ExpiryBuckets', () => {
  it('gives each thing once, within a second of its expiry and never before', () => {
    const { buckets, things } = bucketsWith(0.1, 5, 5.4, 60);
    const found: number[] = [];
    for (let now = START; now < START + 70_000; now += 250)
      for (const thing of buckets.takeDue(now)) {
        expect(now).toBeGreaterThanOrEqual(thing.expiresAt);
        expect(now - thing.expiresAt).toBeLessThan(1_250);
        found.push(things.indexOf(thing));
      }
    expect(found).toEqual([0, 1, 2, 3]);
  });

  it('keeps what was refreshed until its new time, however often', () => {
    const { buckets, things } = bucketsWith(10);
    const [thing] = things;
    if (thing === undefined) throw new Error('Nothing');
    for (let after = 1; after <= 100; after += 1) {
      thing.expiresAt = START + (after + 10) * 1000;
      expect(buckets.takeDue(START + after * 1000)).toEqual([]);
    }
    expect(buckets.takeDue(START + 112_000)).toEqual([thing]);
  });

  it('forgets what was deleted, and takes what had expired before it came', () => {
    const { buckets, things } = bucketsWith(2, 3);
    buckets.takeDue(START + 1_000);
    for (const thing of things.slice(0, 1)) buckets.delete(thing);
    buckets.add({ expiresAt: START - 5_000 });
    expect(buckets.takeDue(START + 9_000)).toHaveLength(2);
    expect(buckets.takeDue(START + 90_000)).toEqual([]);
  });
});
