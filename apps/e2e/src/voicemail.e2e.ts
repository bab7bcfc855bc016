import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';
import { Portal } from './harness/portal.js';
import { measureToneInFile } from './harness/tones.js';
import { sleep, until } from './harness/wait.js';

interface Voicemail {
  voicemailMessageId: string;
  durationSeconds: number;
  heard: boolean;
  from: { number: string };
}

let carillon: Carillon;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterEach(() => phones.stopAll());
afterAll(() => carillon?.remove());

function portalOf(extension: string): Promise<Portal> {
  const { email, password } = carillon.staff(extension);
  return Portal.login(carillon.httpUrl, email, password);
}

function voicemails(portal: Portal, count: number): Promise<Voicemail[]> {
  return until(`${count} voicemails`, async () => {
    const list = await portal.do<Voicemail[]>('GET', '/api/voicemail');
    return list.length >= count ? list : undefined;
  });
}

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
    await leave('1001', '1002', 440, 5);
    const portal = await portalOf('1002');
    const [message] = await voicemails(portal, 1);
    expect(message).toMatchObject({ heard: false, from: { number: '1001' } });
    expect(message?.durationSeconds).toBeGreaterThan(3);
    const file = join(carillon.dataDir, 'heard.wav');
    writeFileSync(file, await portal.bytes(`/api/voicemail/${message?.voicemailMessageId}/audio`));
    expect(measureToneInFile(file, 440).seconds).toBeGreaterThan(3);
    const stranger = await portalOf('1003');
    expect((await stranger.send('GET', `/api/voicemail/${message?.voicemailMessageId}/audio`)).status).toBe(404);
    await portal.do('DELETE', `/api/voicemail/${message?.voicemailMessageId}`);
    expect(await portal.do('GET', '/api/voicemail')).toHaveLength(0);
  });

  it('lights the lamp of a subscribed phone, and *97 plays and deletes', async () => {
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
    await owner.hears(440, 2, 15);
    await owner.press('3');
    await sleep(2500);
    await owner.press('#');
    await sleep(1500);
    owner.hangUp();
    const portal = await portalOf('1003');
    await until('an empty mailbox', async () => (await portal.do<Voicemail[]>('GET', '/api/voicemail')).length === 0);
    await until('the lamp to go out', () =>
      /Voice-Message:\s*0\/0/i.test(owner.log.slice(owner.log.lastIndexOf('1/0'))),
    );
  });

  it('survives kill -9 in the middle of a recording: what was acknowledged before is there', async () => {
    await leave('1001', '1004', 440, 4);
    const before = await voicemails(await portalOf('1004'), 1);
    const caller = await phones.start('1001', { tone: 440 });
    caller.dial('1004');
    await caller.seen('CALL_ESTABLISHED', { timeoutMs: 60_000 });
    await caller.hearsBeep();
    await sleep(2000);
    await carillon.end('SIGKILL');
    await carillon.run();
    const after = await voicemails(await portalOf('1004'), 1);
    expect(after.map((one) => one.voicemailMessageId)).toContain(before[0]?.voicemailMessageId);
  });
});
