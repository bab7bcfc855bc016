import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAnsweringSipp } from './harness/answering-sipp.js';
import { callOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { ladderTimes } from './harness/ladder-times.js';
import { Mailbox } from './harness/mailbox.js';
import { phonesOfTest } from './harness/phones.js';
import { loudSeconds, measureTone } from './harness/tones.js';
import { sleep } from './harness/wait.js';

/** How long a caller speaks to a mailbox. */
const MESSAGE_MS = 4_500;

let carillon: Carillon;

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterAll(() => carillon?.remove());

/** At once, since most of it is waiting: each test has extensions of its own. */
describe.concurrent('voicemail takes a call', () => {
  it('that nobody answers for 25 s; # ends the message, and Carillon thanks and hangs up', async ({
    onTestFinished,
  }) => {
    const phones = phonesOfTest(carillon, onTestFinished);
    const mailbox = await Mailbox.openEmpty(carillon, '1002');
    const owner = await phones.start('1002', { tone: 700, answer: 'manual' });
    const caller = await phones.start('1001', { tone: 440 });
    caller.dial('1002');
    await owner.seen('CALL_INCOMING');
    await caller.seen('CALL_ESTABLISHED', { timeoutMs: 60_000 });
    await owner.seen('CALL_CLOSED');
    await caller.hearsBeep();
    const before = loudSeconds(caller.heard());
    expect(before, 'greeting and tone').toBeGreaterThan(2);
    await sleep(MESSAGE_MS);
    await caller.press('#');
    await caller.seen('CALL_CLOSED');
    expect(loudSeconds(caller.heard()) - before, 'thanks').toBeGreaterThan(1);
    const message = await mailbox.newest();
    expect(message.from.number).toBe('1001');
    expect(message.durationSeconds).toBeGreaterThan(3);
    const { callId } = await callOf(carillon, '1001', ({ outcome }) => outcome === 'voicemail');
    const [rang, gaveUp, answered] = await ladderTimes(carillon, callId, 'call.forked', 'timer.ring', 'out 200 INVITE');
    expect(gaveUp - rang).toBeGreaterThanOrEqual(24.99);
    expect(gaveUp - rang).toBeLessThan(26);
    expect(answered - gaveUp).toBeLessThan(2);
  });

  for (const [name, scenario, extension, from] of [
    ['is busy', 'answer-busy.xml', '1003', '1005'],
    ['declines', 'answer-decline.xml', '1004', '1006'],
  ] as const) {
    it(`of someone who ${name}`, async ({ onTestFinished }) => {
      const phones = phonesOfTest(carillon, onTestFinished);
      const mailbox = await Mailbox.openEmpty(carillon, extension);
      const owner = await startAnsweringSipp(carillon, extension, scenario);
      onTestFinished(() => owner.stop());
      const caller = await phones.start(from, { tone: 440 });
      caller.dial(extension);
      await caller.seen('CALL_ESTABLISHED');
      const refused = await owner.result();
      expect(refused.code, refused.errors).toBe(0);
      await caller.hearsBeep();
      await sleep(MESSAGE_MS);
      caller.hangUp();
      const message = await mailbox.newest();
      expect(message.from.number).toBe(from);
      expect(message.durationSeconds).toBeGreaterThan(3);
      await callOf(carillon, from, ({ outcome }) => outcome === 'voicemail');
    });
  }
});

describe('the mailbox by phone', () => {
  it('ends the call at the third wrong PIN and plays nothing', async ({ onTestFinished }) => {
    const phones = phonesOfTest(carillon, onTestFinished);
    const owner = await phones.start('1002', { tone: 700 });
    const { voicemailPin } = carillon.staff('1002');
    const wrong = voicemailPin.startsWith('9') ? '1111' : '9999';
    owner.dial(carillon.demo.voicemail);
    await owner.seen('CALL_ESTABLISHED');
    for (let attempt = 0; attempt < 3; attempt++) {
      await sleep(2500);
      expect(owner.count('CALL_CLOSED')).toBe(0);
      await owner.press(`${wrong}#`);
    }
    await owner.seen('CALL_CLOSED');
    expect(measureTone(owner.heard(), 440).seconds).toBeLessThan(0.3);
  });
});
