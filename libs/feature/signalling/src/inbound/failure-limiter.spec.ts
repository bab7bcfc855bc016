import { ManualClock } from '@carillon/service-runtime';
import { describe, expect, it } from 'vitest';
import { FailureLimiter } from './failure-limiter.js';

const wrong = { source: '203.0.113.9', account: 'bob@example.org' };

async function fail(limiter: FailureLimiter, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await limiter.failed(wrong);
}

describe('FailureLimiter', () => {
  it('holds an address back that was wrong too often, whatever it tries next', async () => {
    const limiter = new FailureLimiter(new ManualClock());
    await fail(limiter, 10);
    expect(await limiter.isHeldBack(wrong)).toBe(false);
    await fail(limiter, 1);
    expect(await limiter.isHeldBack(wrong)).toBe(true);
    expect(await limiter.isHeldBack({ ...wrong, account: 'alice@example.org' })).toBe(true);
    expect(await limiter.isHeldBack({ source: '203.0.113.10', account: 'alice@example.org' })).toBe(false);
  });

  it('holds guesses at one account back, from however many addresses they come', async () => {
    const limiter = new FailureLimiter(new ManualClock());
    for (let host = 0; host < 31; host += 1) await limiter.failed({ ...wrong, source: `198.51.100.${host}` });
    expect(await limiter.isHeldBack({ ...wrong, source: '192.0.2.1' })).toBe(true);
  });

  it('never holds a device back that was right from its address before', async () => {
    const clock = new ManualClock();
    const limiter = new FailureLimiter(clock);
    const good = { source: wrong.source, account: 'alice@example.org' };
    limiter.succeeded(good);
    await fail(limiter, 50);
    expect(await limiter.isHeldBack(good)).toBe(false);
    clock.advance(25 * 3600_000);
    expect(await limiter.isHeldBack(good)).toBe(true);
  });
});
