import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../testing/seeded-random.js';
import { orderSrv } from './order-srv.js';

const record = (name: string, priority: number, weight: number) => ({ name, priority, weight, port: 5060 });

describe('SRV records (RFC 2782)', () => {
  it('come by priority, and by weight within one', () => {
    const random = new SeededRandom(7);
    const first = new Map<string, number>();
    for (let run = 0; run < 10_000; run++) {
      const names = orderSrv(
        [record('backup', 20, 100), record('big', 10, 70), record('small', 10, 20), record('tiny', 10, 10)],
        () => random.next(),
      ).map(({ name }) => name);
      expect(names).toHaveLength(4);
      expect(names[3]).toBe('backup');
      first.set(names[0] ?? '', (first.get(names[0] ?? '') ?? 0) + 1);
    }
    expect((first.get('big') ?? 0) / 10_000).toBeCloseTo(0.7, 1);
    expect((first.get('small') ?? 0) / 10_000).toBeCloseTo(0.2, 1);
    expect((first.get('tiny') ?? 0) / 10_000).toBeCloseTo(0.1, 1);
  });

  it('of weight zero are drawn seldom beside others, and all in turn among themselves', () => {
    const random = new SeededRandom(9);
    let zeroFirst = 0;
    for (let run = 0; run < 2000; run++) {
      const [first] = orderSrv([record('zero', 1, 0), record('heavy', 1, 99)], () => random.next());
      if (first?.name === 'zero') zeroFirst += 1;
    }
    expect(zeroFirst).toBeGreaterThan(0);
    expect(zeroFirst).toBeLessThan(60);
    expect(orderSrv([record('a', 1, 0), record('b', 1, 0)], () => 0.999).map(({ name }) => name)).toEqual(['a', 'b']);
  });
});
