import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAnsweringSipp } from './harness/answering-sipp.js';
import { lastCall, portalOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { phonesOfTest } from './harness/phones.js';
import type { Portal } from './harness/portal.js';
import { loudSeconds, measureTone } from './harness/tones.js';
import { sleep, until } from './harness/wait.js';

interface Message {
  readonly durationSeconds: number;
  readonly from: { readonly number: string };
}

/** How long a caller speaks to a mailbox. */
const MESSAGE_MS = 4_500;

let carillon: Carillon;

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterAll(() => carillon?.remove());

async function messageOf(portal: Portal): Promise<Message> {
  const [message] = await until('a message', async () => {
    const list = await portal.do<Message[]>('GET', '/api/voicemail');
    return list.length > 0 ? list : undefined;
  });
  if (message === undefined) throw new Error('The mailbox is empty');
  return message;
}

async function expectOutcomeVoicemail(extension: string): Promise<void> {
  const record = await until('the call in the history', () => lastCall(carillon, extension));
  expect(record.outcome).toBe('voicemail');
}

/** At once, since most of it is waiting: each test has extensions of its own. */
describe.concurrent('voicemail takes a call', () => {
  it('that nobody answers for 25 s; # ends the message, and Carillon thanks and hangs up', async ({
    onTestFinished,
  }) => {
    const phones = phonesOfTest(carillon, onTestFinished);
    const owner = await phones.start('1002', { tone: 700, answer: 'manual' });
    const caller = await phones.start('1001', { tone: 440 });
    caller.dial('1002');
    await owner.seen('CALL_INCOMING');
    const rang = Date.now();
    await caller.seen('CALL_ESTABLISHED', { timeoutMs: 40_000 });
    const seconds = (Date.now() - rang) / 1000;
    expect(seconds).toBeGreaterThan(23);
    expect(seconds).toBeLessThan(28);
    await owner.seen('CALL_CLOSED');
    await caller.hearsBeep();
    const before = loudSeconds(caller.heard());
    expect(before, 'greeting and tone').toBeGreaterThan(2);
    await sleep(MESSAGE_MS);
    await caller.press('#');
    await caller.seen('CALL_CLOSED', { timeoutMs: 12_000 });
    expect(loudSeconds(caller.heard()) - before, 'thanks').toBeGreaterThan(1);
    const message = await messageOf(await portalOf(carillon, '1002'));
    expect(message.from.number).toBe('1001');
    expect(message.durationSeconds).toBeGreaterThan(3);
    await expectOutcomeVoicemail('1001');
  });

  for (const [name, scenario, extension, from] of [
    ['is busy', 'answer-busy.xml', '1003', '1005'],
    ['declines', 'answer-decline.xml', '1004', '1006'],
  ] as const) {
    it(`of someone who ${name}`, async ({ onTestFinished }) => {
      const phones = phonesOfTest(carillon, onTestFinished);
      const owner = await startAnsweringSipp(carillon, extension, scenario);
      const caller = await phones.start(from, { tone: 440 });
      caller.dial(extension);
      await caller.seen('CALL_ESTABLISHED', { timeoutMs: 10_000 });
      const refused = await owner.result();
      expect(refused.code, refused.errors).toBe(0);
      await caller.hearsBeep();
      await sleep(MESSAGE_MS);
      caller.hangUp();
      const message = await messageOf(await portalOf(carillon, extension));
      expect(message.from.number).toBe(from);
      expect(message.durationSeconds).toBeGreaterThan(3);
      await expectOutcomeVoicemail(from);
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
    await owner.seen('CALL_CLOSED', { timeoutMs: 15_000 });
    expect(measureTone(owner.heard(), 440).seconds).toBeLessThan(0.3);
  });
});
