import { describe, expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.js';

describe('TokenBucket', () => {
  it('lets a burst pass, then the steady rate, and never gathers more than a burst', () => {
    const bucket = new TokenBucket({ burst: 3, perSecond: 2 }, 0);
    const passed = (now: number, tries: number) =>
      Array.from({ length: tries }, () => bucket.take(now)).filter(Boolean);
    expect(passed(0, 10)).toHaveLength(3);
    expect(passed(500, 10)).toHaveLength(1);
    expect(passed(1_500, 10)).toHaveLength(2);
    expect(passed(3_600_000, 10)).toHaveLength(3);
  });
});
