import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startAnsweringSipp } from './harness/answering-sipp.js';
import { adminOf, callOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { ladderTimes } from './harness/ladder-times.js';
import { Phones } from './harness/phones.js';
import { measureTone } from './harness/tones.js';
import { sleep, until } from './harness/wait.js';

/** Of an organisation whose phones do not ring for long. */
const SHORT_RING_SECONDS = 5;

let carillon: Carillon;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterEach(() => phones.stopAll());
afterAll(() => carillon?.remove());

async function expectOutcome(extension: string, outcome: string): Promise<void> {
  await callOf(carillon, extension, (call) => call.outcome === outcome);
}

describe('phones over TCP', () => {
  it('hear each other, and one over TCP and one over UDP do', async () => {
    const tcp = { transport: 'tcp', serverPort: carillon.demo.sip.tcpPort } as const;
    const alice = await phones.start('1001', { tone: 440, ...tcp });
    const bob = await phones.start('1002', { tone: 700, ...tcp });
    const carol = await phones.start('1003', { tone: 900 });
    alice.dial('1002');
    await bob.seen('CALL_ESTABLISHED');
    await Promise.all([alice.hears(700), bob.hears(440)]);
    bob.hangUp();
    await alice.seen('CALL_CLOSED');
    carol.dial('1001');
    await alice.seen('CALL_ESTABLISHED', { count: 2 });
    await Promise.all([alice.hears(900), carol.hears(440)]);
    carol.hangUp();
    await alice.seen('CALL_CLOSED', { count: 2 });
  });
});

describe('a phone over TCP that has closed the connection it registered over', () => {
  it('is called at its contact while it listens there, and is forgotten when it does not', async ({
    onTestFinished,
  }) => {
    const callee = await startAnsweringSipp(carillon, '1006', 'answer.xml', 'tcp');
    onTestFinished(() => callee.stop());
    // Longer than it takes to look for it.
    await sleep(9_000);
    const alice = await phones.start('1001', { tone: 440 });
    alice.dial('1006');
    await alice.seen('CALL_ESTABLISHED');
    await sleep(500);
    alice.hangUp();
    const result = await callee.result();
    expect(result.code, result.errors).toBe(0);
    const portal = await adminOf(carillon);
    const { sipUser } = carillon.staff('1006');
    await until(
      'the registration to end',
      async () => {
        const list = await portal.do<{ sipUsername: string }[]>('GET', '/api/admin/registrations');
        return !list.some(({ sipUsername }) => sipUsername === sipUser);
      },
      { timeoutMs: 60_000, everyMs: 500 },
    );
  });
});

describe('early media', () => {
  it('is heard both ways before the answer', async () => {
    const callee = await startAnsweringSipp(carillon, '1005', 'answer-early.xml');
    const alice = await phones.start('1001', { tone: 440 });
    alice.dial('1005');
    await alice.seen('CALL_PROGRESS');
    await alice.seen('CALL_ESTABLISHED');
    await sleep(500);
    alice.hangUp();
    const result = await callee.result();
    expect(result.code, result.errors).toBe(0);
    // SIPp sends back what it hears from its 183 on: four seconds before the answer, half a second after it.
    expect(measureTone(alice.heard(), 440).seconds).toBeGreaterThan(2);
  });
});

describe('the ring group', () => {
  it('rings all members; the first to answer has the call, the others stop', async () => {
    const caller = await phones.start('1006', { tone: 440 });
    const alice = await phones.start('1001', { tone: 500, answer: 'manual' });
    const bob = await phones.start('1002', { tone: 700, answer: 'manual' });
    const carol = await phones.start('1003', { tone: 900, answer: 'manual' });
    caller.dial(carillon.demo.ringGroup);
    for (const member of [alice, bob, carol]) await member.seen('CALL_INCOMING');
    bob.accept();
    await caller.seen('CALL_ESTABLISHED');
    for (const member of [alice, carol]) await member.seen('CALL_CLOSED');
    await Promise.all([caller.hears(700), bob.hears(440)]);
    caller.hangUp();
    await bob.seen('CALL_CLOSED');
    await expectOutcome('1006', 'answered');
  });
});

describe('a call that comes to nothing', () => {
  it('stops ringing when the caller gives up, and is cancelled in the history', async () => {
    const alice = await phones.start('1001', { tone: 440 });
    const bob = await phones.start('1002', { tone: 700, answer: 'manual' });
    alice.dial('1002');
    await bob.seen('CALL_INCOMING');
    await alice.seen('CALL_RINGING');
    alice.hangUp();
    await bob.seen('CALL_CLOSED');
    const { callId } = await callOf(carillon, '1001', ({ outcome }) => outcome === 'cancelled');
    const [gaveUp, stopped] = await ladderTimes(carillon, callId, 'in CANCEL', 'out CANCEL');
    expect(stopped - gaveUp).toBeLessThan(1);
    await sleep(1000);
    expect(bob.count('CALL_ESTABLISHED')).toBe(0);
  });

  it('ends with 480 when nobody answers and there is no voicemail, and is missed in the history', async () => {
    const admin = await adminOf(carillon);
    const users = await admin.do<{ userId: string; extension: string }[]>('GET', '/api/admin/users');
    const user = users.find(({ extension }) => extension === '1004');
    await admin.do('PATCH', `/api/admin/users/${user?.userId}`, { voicemail: false });
    await admin.do('PUT', '/api/admin/sip', { ringSeconds: SHORT_RING_SECONDS });
    const alice = await phones.start('1001', { tone: 440 });
    const dan = await phones.start('1004', { tone: 700, answer: 'manual' });
    alice.dial('1004');
    await dan.seen('CALL_INCOMING');
    expect((await alice.seen('CALL_CLOSED')).param).toContain('480');
    await dan.seen('CALL_CLOSED');
    const { callId } = await callOf(carillon, '1004', ({ outcome }) => outcome === 'missed');
    const [rang, refused] = await ladderTimes(carillon, callId, 'call.forked', 'out 480 INVITE');
    expect(refused - rang).toBeGreaterThanOrEqual(SHORT_RING_SECONDS - 0.01);
    expect(refused - rang).toBeLessThan(SHORT_RING_SECONDS + 1);
  });
});

describe('three devices of one user', () => {
  it('all ring, and the one that answers has the call', async () => {
    const caller = await phones.start('1001', { tone: 440 });
    const devices = [];
    for (const tone of [700, 800, 900]) devices.push(await phones.start('1005', { tone, answer: 'manual' }));
    caller.dial('1005');
    for (const device of devices) await device.seen('CALL_INCOMING');
    devices[1]?.accept();
    await caller.seen('CALL_ESTABLISHED');
    for (const device of [devices[0], devices[2]]) await device?.seen('CALL_CLOSED');
    await caller.hears(800, 1.5);
    caller.hangUp();
    await devices[1]?.seen('CALL_CLOSED');
  });
});
