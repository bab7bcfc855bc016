import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { adminOf, callOf } from './harness/call-history.js';
import { callEachOther } from './harness/call-each-other.js';
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
      await callEachOther(alice, bob);
      expect(alice.log).toMatch(/^a=rtpmap:9 G722\/8000/m);
    },
  );

  it('reaches the echo test', async () => {
    const alice = await phones.start('1001', { tone: 440, codec: 'g722' });
    alice.dial(carillon.demo.echo);
    await alice.seen('CALL_ESTABLISHED');
    await alice.hears(440);
  });
});

describe('a phone that answers SRTP without a key, since it can DTLS alone', () => {
  it('is asked again, with DTLS, and heard', async () => {
    const alice = await phones.start('1001', { tone: 440 });
    const bob = await phones.start('1002', { tone: 700, mediaEncryption: 'dtls_srtp' });
    const began = Date.now();
    alice.dial('1002');
    await alice.seen('CALL_ESTABLISHED');
    await Promise.all([alice.hears(700), bob.hears(440)]);
    alice.hangUp();
    await alice.seen('CALL_CLOSED');
    const admin = await adminOf(carillon);
    const { callId } = await callOf(carillon, '1001', ({ startedAt }) => Date.parse(startedAt) >= began);
    const ladder = (await admin.bytes(`/api/calls/${callId}/ladder.txt`)).toString();
    expect(ladder).toContain('asked again with DTLS-SRTP');
  });
});
