import { ManualClock } from '@carillon/service-runtime';
import type { RequestOutcome, UserAgent } from '@carillon/sip-stack';
import { describe, expect, it } from 'vitest';
import { testBinding } from '../testing/binding.js';
import { BindingPings } from './binding-pings.js';

type Asked = Pick<UserAgent, 'request' | 'flow' | 'addresses' | 'contactUri'>;

/** A phone that answers, refuses, or is silent. */
function pingsTo(phone: { answers: boolean }) {
  const clock = new ManualClock(1_000_000);
  let asked = 0;
  const userAgent: Asked = {
    addresses: [],
    flow: () => undefined,
    contactUri: () => 'sip:us@127.0.0.1',
    request: () => {
      asked += 1;
      // Any answer is one; silence ends after 32 s in the stack.
      const answered = {
        ok: false,
        status: 501,
        reason: '',
        cause: 'response',
        response: {},
      } as unknown as RequestOutcome;
      return phone.answers ? Promise.resolve(answered) : new Promise(() => undefined);
    },
  };
  const pings = new BindingPings(userAgent, clock, () => 0.5);
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(1_000);
      await new Promise((settle) => setImmediate(settle));
    }
  };
  return { pings, pass, asked: () => asked };
}

const binding = testBinding('<sip:a@10.0.0.7>', { behindNat: true });

describe('pings', () => {
  it('go on as long as the phone answers anything, and end when it is stopped', async () => {
    const { pings, pass, asked } = pingsTo({ answers: true });
    const stop = pings.watch(binding, { seconds: 10, onDead: () => expect.unreachable() });
    await pass(100);
    expect(asked()).toBeGreaterThan(7);
    expect(asked()).toBeLessThan(12);
    stop();
    const before = asked();
    await pass(60);
    expect([asked(), pings.size]).toEqual([before, 0]);
  });

  it('find a phone dead within seconds of its silence, once', async () => {
    const phone = { answers: true };
    const { pings, pass } = pingsTo(phone);
    let dead = 0;
    pings.watch(binding, { seconds: 10, onDead: () => (dead += 1) });
    await pass(30);
    phone.answers = false;
    await pass(26);
    expect(dead).toBe(1);
    await pass(60);
    expect([dead, pings.size]).toEqual([1, 0]);
  });

  it('are none where the organisation wants none', async () => {
    const { pings, pass, asked } = pingsTo({ answers: false });
    pings.watch(binding, { seconds: 0, onDead: () => expect.unreachable() });
    await pass(60);
    expect(asked()).toBe(0);
  });
});
