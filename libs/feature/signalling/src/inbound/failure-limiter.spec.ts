import { ManualClock } from '@carillon/service-runtime';
import { describe, expect, it } from 'vitest';
import { FailureLimiter } from './failure-limiter.js';

const wrong = { source: '203.0.113.9', account: 'bob@example.org' };

function fail(limiter: FailureLimiter, times: number): void {
  for (let count = 0; count < times; count += 1) limiter.failed(wrong);
}

describe('FailureLimiter', () => {
  it('holds an address back that was wrong too often, whatever it tries next', () => {
    const limiter = new FailureLimiter(new ManualClock());
    fail(limiter, 10);
    expect(limiter.isHeldBack(wrong)).toBe(false);
    fail(limiter, 1);
    expect(limiter.isHeldBack(wrong)).toBe(true);
    expect(limiter.isHeldBack({ ...wrong, account: 'alice@example.org' })).toBe(true);
    expect(limiter.isHeldBack({ source: '203.0.113.10', account: 'alice@example.org' })).toBe(false);
  });

  it('holds guesses at one account back, from however many addresses they come', () => {
    const limiter = new FailureLimiter(new ManualClock());
    for (let host = 0; host < 31; host += 1) limiter.failed({ ...wrong, source: `198.51.100.${host}` });
    expect(limiter.isHeldBack({ ...wrong, source: '192.0.2.1' })).toBe(true);
  });

  it('counts what comes from an address that is vouched for by account alone, and others in its /64 as before', () => {
    const limiter = new FailureLimiter(new ManualClock());
    const source = '2001:db8::5';
    limiter.trustSources((address) => address === source);
    expect([limiter.sourceOf(source), limiter.sourceOf('2001:db8::6')]).toEqual([source, '2001:db8::/64']);
    for (let tries = 0; tries < 31; tries += 1) limiter.failed({ source, account: 'a@x' });
    expect(limiter.isHeldBack({ source, account: 'b@x' })).toBe(false);
    expect(limiter.isHeldBack({ source, account: 'a@x' })).toBe(true);
  });

  it('never holds a device back that was right from its address before', () => {
    const clock = new ManualClock();
    const limiter = new FailureLimiter(clock);
    const good = { source: wrong.source, account: 'alice@example.org' };
    limiter.succeeded(good);
    fail(limiter, 50);
    expect(limiter.isHeldBack(good)).toBe(false);
    clock.advance(25 * 3600_000);
    fail(limiter, 50);
    expect(limiter.isHeldBack(good)).toBe(true);
  });

  it('goes on holding back whoever is wrong now, in bounded memory, when strangers come from everywhere', () => {
    const limiter = new FailureLimiter(new ManualClock());
    for (let stranger = 0; stranger < 120_000; stranger += 1)
      limiter.failed({
        source: `10.${stranger >> 16}.${(stranger >> 8) & 255}.${stranger & 255}`,
        account: `u${stranger}@x`,
      });
    fail(limiter, 11);
    expect(limiter.isHeldBack(wrong)).toBe(true);
  });
});
