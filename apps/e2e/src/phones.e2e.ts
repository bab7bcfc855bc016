import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sippFields, sippServer, startAnsweringSipp } from './harness/answering-sipp.js';
import { adminOf, callOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';
import { Sipp } from './harness/sipp.js';
import { measureTone } from './harness/tones.js';
import { sleep } from './harness/wait.js';

let carillon: Carillon;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterEach(() => phones.stopAll());
afterAll(() => carillon?.remove());

describe('two baresip phones', () => {
  for (const [codecA, codecB] of [
    ['pcmu', 'pcmu'],
    ['pcma', 'pcmu'],
    ['opus', 'pcma'],
  ] as const) {
    it(`hear each other's tone (${codecA} calls ${codecB}), and the caller hangs up`, async () => {
      const alice = await phones.start('1001', { tone: 440, codec: codecA });
      const bob = await phones.start('1002', { tone: 700, codec: codecB });
      alice.dial('1002');
      await alice.seen('CALL_ESTABLISHED');
      await bob.seen('CALL_ESTABLISHED');
      await Promise.all([alice.hears(700, 2.5), bob.hears(440, 2.5)]);
      alice.hangUp();
      await bob.seen('CALL_CLOSED');
      // The tones are written at −13.5 dBFS RMS; the codecs may take 3 dB either way.
      const atBob = measureTone(bob.heard(), 440);
      const atAlice = measureTone(alice.heard(), 700);
      expect(Math.abs(atBob.levelDb + 13.5)).toBeLessThan(3);
      expect(Math.abs(atAlice.levelDb + 13.5)).toBeLessThan(3);
      expect(measureTone(bob.heard(), 700).seconds).toBeLessThan(0.3);
      expect(measureTone(alice.heard(), 440).seconds).toBeLessThan(0.3);
    });
  }

  it('end the call from the called side, and both find it in their history', async () => {
    const alice = await phones.start('1001', { tone: 440 });
    const bob = await phones.start('1002', { tone: 700 });
    const began = Date.now();
    alice.dial('1002');
    await bob.seen('CALL_ESTABLISHED');
    await alice.seen('CALL_ESTABLISHED');
    await sleep(1500);
    bob.hangUp();
    await alice.seen('CALL_CLOSED');
    for (const extension of ['1001', '1002']) {
      const record = await callOf(carillon, extension, ({ startedAt }) => Date.parse(startedAt) >= began);
      expect(record).toMatchObject({ from: { number: '1001' }, to: { number: '1002', kind: 'user' } });
      expect(record).toMatchObject({ outcome: 'answered', answeredAt: expect.any(String) });
      expect(record.durationSeconds).toBeGreaterThanOrEqual(1);
    }
  });

  it('hold and resume', async () => {
    const alice = await phones.start('1001', { tone: 440 });
    const bob = await phones.start('1002', { tone: 700 });
    alice.dial('1002');
    await alice.seen('CALL_ESTABLISHED');
    await Promise.all([alice.hears(700), bob.hears(440)]);
    alice.hold();
    await alice.soundFlows(false);
    alice.resume();
    await Promise.all([alice.soundFlows(), bob.soundFlows()]);
    alice.hangUp();
    await bob.seen('CALL_CLOSED');
  });

  it('an unknown number ends with 404', async () => {
    const alice = await phones.start('1001', { tone: 440 });
    alice.dial('7999');
    const closed = await alice.seen('CALL_CLOSED');
    expect(closed.param).toContain('404');
    const record = await callOf(carillon, '1001', ({ to }) => to.number === '7999');
    expect(record).toMatchObject({ sipStatus: 404, outcome: 'failed' });
  });

  it('the echo service sends the tone back', async () => {
    const alice = await phones.start('1001', { tone: 440 });
    alice.dial(carillon.demo.echo);
    await alice.seen('CALL_ESTABLISHED');
    // After what is said at the beginning.
    await alice.hears(440);
    alice.hangUp();
  });
});

describe('two devices of one user', () => {
  it('ring together, and the loser is told that the call was completed elsewhere', async () => {
    const caller = await phones.start('1001', { tone: 440 });
    const loser = await phones.start('1002', { tone: 700, answer: 'manual' });
    const winner = await phones.start('1002', { tone: 900, answer: 'manual' });
    caller.dial('1002');
    await loser.seen('CALL_INCOMING');
    await winner.seen('CALL_INCOMING');
    winner.accept();
    await caller.seen('CALL_ESTABLISHED');
    await loser.seen('CALL_CLOSED');
    await loser.logs(/Reason:\s*SIP;cause=200;text="Call completed elsewhere"/i);
    await caller.hears(900, 1.5);
    caller.hangUp();
    await winner.seen('CALL_CLOSED');
  });
});

describe('SIPp, which checks each message', () => {
  const caller = (extension: string, ...more: string[]) => ({
    server: sippServer(carillon),
    fields: [...sippFields(carillon, extension), ...more],
  });

  for (const transport of ['udp', 'tcp'] as const) {
    it(`registers, refreshes, asks and unregisters over ${transport}`, async () => {
      const result = await Sipp.run({ scenario: 'register.xml', ...caller('1003'), transport });
      expect(result.errors + result.messages.slice(-3000)).toContain('200');
      expect(result.code, result.errors).toBe(0);
    });
  }

  it('is refused with a wrong password, whether or not the user exists', async () => {
    const { domain } = carillon.demo.sip;
    for (const user of [carillon.staff('1003').sipUser, 'nobody-here']) {
      const result = await Sipp.run({
        scenario: 'register-refused.xml',
        server: sippServer(carillon),
        fields: [user, domain, `[authentication username=${user} password=wrong]`],
      });
      expect(result.code, result.errors).toBe(0);
    }
  });

  for (const [name, scenario, status] of [
    ['busy', 'answer-busy.xml', '486'],
    ['declined', 'answer-decline.xml', '603'],
  ] as const) {
    it(`a ${name} phone without voicemail gives the caller ${status}`, async () => {
      const admin = await adminOf(carillon);
      const users = await admin.do<{ userId: string; extension: string }[]>('GET', '/api/admin/users');
      const user = users.find((one) => one.extension === '1004');
      await admin.do('PATCH', `/api/admin/users/${user?.userId}`, { voicemail: false });
      const callee = await startAnsweringSipp(carillon, '1004', scenario);
      try {
        const alice = await phones.start('1001', { tone: 440 });
        alice.dial('1004');
        const closed = await alice.seen('CALL_CLOSED');
        expect(closed.param).toContain(status);
        const result = await callee.result();
        expect(result.code, result.errors).toBe(0);
      } finally {
        callee.stop();
        await admin.do('PATCH', `/api/admin/users/${user?.userId}`, { voicemail: true });
      }
    });
  }

  it('calls, is answered, and both sides see the full set of messages', async () => {
    const callee = await startAnsweringSipp(carillon, '1005', 'answer.xml');
    const result = await Sipp.run({ scenario: 'call.xml', ...caller('1006', '1005') });
    expect(result.code, result.errors).toBe(0);
    const answered = await callee.result();
    expect(answered.code, answered.errors).toBe(0);
  });

  it('cancels a ringing call', async () => {
    const bob = await phones.start('1002', { tone: 700, answer: 'manual' });
    const result = await Sipp.run({
      scenario: 'call-cancel.xml',
      ...caller('1006', '1002'),
    });
    expect(result.code, result.errors).toBe(0);
    await bob.seen('CALL_CLOSED');
    await callOf(carillon, '1006', ({ outcome }) => outcome === 'cancelled');
  });
});
