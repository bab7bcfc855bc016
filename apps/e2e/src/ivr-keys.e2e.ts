import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sippFields, sippServer } from './harness/answering-sipp.js';
import { portalOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { findRepeats } from './harness/find-repeats.js';
import { Phones } from './harness/phones.js';
import { Sipp } from './harness/sipp.js';
import { loudSeconds, measureToneInFile } from './harness/tones.js';
import { sleep, until } from './harness/wait.js';

let carillon: Carillon;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterEach(() => phones.stopAll());
afterAll(() => carillon?.remove());

describe('a key in the IVR', () => {
  it('2 leaves a message in the mailbox of the operator', async () => {
    const caller = await phones.start('1002', { tone: 440 });
    caller.dial(carillon.demo.ivr);
    await caller.seen('CALL_ESTABLISHED');
    await sleep(1500);
    await caller.press('2');
    await caller.hearsBeep();
    await sleep(4000);
    caller.hangUp();
    const portal = await portalOf(carillon, '1001');
    const [message] = await until('the message', async () => {
      const list = await portal.do<{ voicemailMessageId: string; from: { number: string } }[]>('GET', '/api/voicemail');
      return list.length > 0 ? list : undefined;
    });
    expect(message?.from.number).toBe('1002');
    const file = join(carillon.dataDir, 'left.wav');
    writeFileSync(file, await portal.bytes(`/api/voicemail/${message?.voicemailMessageId}/audio`));
    expect(measureToneInFile(file, 440).seconds).toBeGreaterThan(3);
  });

  it('9, pressed into the welcome, stops it at once and says it from the start', async () => {
    const caller = await phones.start('1002', { tone: 440 });
    caller.dial(carillon.demo.ivr);
    await caller.seen('CALL_ESTABLISHED');
    await sleep(2500);
    await caller.press('9');
    await sleep(2500);
    caller.hangUp();
    await sleep(500);
    const [first = NaN, second = NaN, ...more] = findRepeats(caller.heard());
    expect(second - first).toBeGreaterThan(1.5);
    expect(second - first).toBeLessThan(4);
    expect(more).toEqual([]);
  });

  it('stops a prompt: after the first digit of an extension there is silence', async () => {
    const caller = await phones.start('1002', { tone: 440 });
    caller.dial(carillon.demo.ivr);
    await caller.seen('CALL_ESTABLISHED');
    await sleep(1500);
    await caller.press('3');
    await sleep(700);
    await caller.press('7');
    await sleep(700);
    const before = loudSeconds(caller.heard());
    expect(before).toBeGreaterThan(1.5);
    await sleep(2000);
    expect(loudSeconds(caller.heard()) - before).toBeLessThan(0.3);
    caller.hangUp();
  });

  it('works by SIP INFO as by RTP: 1 rings the group', async () => {
    const bob = await phones.start('1002', { tone: 700 });
    const caller = await Sipp.start({
      scenario: 'call-key-by-info.xml',
      server: sippServer(carillon),
      fields: [...sippFields(carillon, '1006'), carillon.demo.ivr, '1'],
    });
    await bob.seen('CALL_ESTABLISHED', { timeoutMs: 20_000 });
    const result = await caller.result();
    expect(result.code, result.errors).toBe(0);
    await bob.seen('CALL_CLOSED');
  });
});
