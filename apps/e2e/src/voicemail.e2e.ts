import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { portalOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { Mailbox } from './harness/mailbox.js';
import { Phones } from './harness/phones.js';
import { measureTone } from './harness/tones.js';
import { sleep, until } from './harness/wait.js';

let carillon: Carillon;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterEach(async () => {
  await phones.stopAll();
  await carillon.revive();
});
afterAll(() => carillon?.remove());

/** Calls, waits for the beep and speaks a tone for `seconds`. */
async function leave(from: string, to: string, tone: number, seconds: number): Promise<void> {
  const caller = await phones.start(from, { tone });
  caller.dial(to);
  await caller.seen('CALL_ESTABLISHED', { timeoutMs: 60_000 });
  await caller.hearsBeep();
  await sleep(seconds * 1000);
  caller.hangUp();
  await caller.stop();
}

describe('voicemail', () => {
  it('of someone who is not registered records the caller; the owner lists, hears and deletes it in the portal', async () => {
    const mailbox = await Mailbox.openEmpty(carillon, '1002');
    await leave('1001', '1002', 440, 5);
    const message = await mailbox.newest();
    expect(message).toMatchObject({ heard: false, from: { number: '1001' } });
    expect(message.durationSeconds).toBeGreaterThan(3);
    expect(measureTone(await mailbox.audio(message), 440).seconds).toBeGreaterThan(3);
    const stranger = await portalOf(carillon, '1003');
    expect((await stranger.send('GET', `/api/voicemail/${message.voicemailMessageId}/audio`)).status).toBe(404);
    await mailbox.delete(message);
    expect(await mailbox.messages()).toHaveLength(0);
  });

  it('lights the lamp of a subscribed phone, and *97 plays and deletes', async () => {
    const mailbox = await Mailbox.openEmpty(carillon, '1003');
    const owner = await phones.start('1003', { tone: 700, mwi: true, answer: 'manual' });
    await until('the first NOTIFY', () => /Messages-Waiting:\s*no/i.test(owner.log));
    const caller = await phones.start('1001', { tone: 440 });
    caller.dial('1003');
    await owner.seen('CALL_INCOMING');
    owner.hangUp();
    await caller.seen('CALL_ESTABLISHED', { timeoutMs: 60_000 });
    await caller.hearsBeep();
    await sleep(4000);
    caller.hangUp();
    await until('the lamp', () => /Messages-Waiting:\s*yes/i.test(owner.log));
    expect(owner.log).toMatch(/Voice-Message:\s*1\/0/i);
    owner.dial(carillon.demo.voicemail);
    await owner.seen('CALL_ESTABLISHED');
    await sleep(2500);
    await owner.press(`${carillon.staff('1003').voicemailPin}#`);
    await sleep(4000);
    await owner.press('1');
    await owner.hears(440);
    await owner.press('3');
    await sleep(2500);
    await owner.press('#');
    await sleep(1500);
    owner.hangUp();
    await until('an empty mailbox', async () => (await mailbox.messages()).length === 0);
    await until('the lamp to go out', () =>
      /Voice-Message:\s*0\/0/i.test(owner.log.slice(owner.log.lastIndexOf('1/0'))),
    );
  });

  it('survives kill -9 in the middle of a recording: what was acknowledged before is there', async () => {
    const mailbox = await Mailbox.openEmpty(carillon, '1004');
    await leave('1001', '1004', 440, 4);
    const before = await mailbox.newest();
    const caller = await phones.start('1001', { tone: 440 });
    caller.dial('1004');
    await caller.seen('CALL_ESTABLISHED', { timeoutMs: 60_000 });
    await caller.hearsBeep();
    await sleep(2000);
    await carillon.end('SIGKILL');
    await carillon.run();
    const after = await (await Mailbox.open(carillon, '1004')).messages();
    expect(after.map((one) => one.voicemailMessageId)).toContain(before.voicemailMessageId);
  });
});
