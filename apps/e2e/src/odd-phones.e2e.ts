import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { adminOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';

let carillon: Carillon;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterEach(() => phones.stopAll());
afterAll(() => carillon?.remove());

describe('G.722', () => {
  it.each(['g722', 'pcmu', 'pcma', 'opus'] as const)(
    'and %s: both hear each other, in calls of both',
    async (codec) => {
      const alice = await phones.start('1001', { tone: 440, codec: 'g722' });
      const bob = await phones.start('1002', { tone: 700, codec });
      for (const [caller, callee, number] of [
        [alice, bob, '1002'],
        [bob, alice, '1001'],
      ] as const) {
        const before = callee.count('CALL_ESTABLISHED');
        const closed = caller.count('CALL_CLOSED');
        caller.dial(number);
        await callee.seen('CALL_ESTABLISHED', { count: before + 1 });
        await Promise.all([alice.hears(700), bob.hears(440)]);
        caller.hangUp();
        await caller.seen('CALL_CLOSED', { count: closed + 1 });
      }
      expect(alice.log).toMatch(/^a=rtpmap:9 G722\/8000/m);
    },
  );

  it('reaches the echo test', async () => {
    const alice = await phones.start('1001', { tone: 440, codec: 'g722' });
    alice.dial(carillon.demo.echo);
    await alice.seen('CALL_ESTABLISHED');
    await alice.hears(440, 2, 12);
  });
});

describe('a phone that answers SRTP without a key, since it can DTLS alone', () => {
  it('is asked again, with DTLS, and heard', async () => {
    const alice = await phones.start('1001', { tone: 440 });
    const bob = await phones.start('1002', { tone: 700, mediaEncryption: 'dtls_srtp' });
    alice.dial('1002');
    await alice.seen('CALL_ESTABLISHED');
    await Promise.all([alice.hears(700), bob.hears(440)]);
    alice.hangUp();
    await alice.seen('CALL_CLOSED');
    const admin = await adminOf(carillon);
    const { calls } = await admin.do<{ calls: { callId: string }[] }>('GET', '/api/admin/calls?limit=1');
    const ladder = (await admin.bytes(`/api/calls/${calls[0]?.callId}/ladder.txt`)).toString();
    expect(ladder).toContain('asked again with DTLS-SRTP');
  });
});
