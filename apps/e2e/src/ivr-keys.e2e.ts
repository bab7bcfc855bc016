import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sippFields, sippServer } from './harness/answering-sipp.js';
import type { Baresip } from './harness/baresip.js';
import { Carillon } from './harness/carillon.js';
import { findRepeats } from './harness/find-repeats.js';
import { Mailbox } from './harness/mailbox.js';
import { Phones } from './harness/phones.js';
import { Sipp } from './harness/sipp.js';
import { loudSeconds, measureTone } from './harness/tones.js';
import { sleep, until } from './harness/wait.js';
import type { Sound } from './harness/wav.js';

let carillon: Carillon;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterEach(() => phones.stopAll());
afterAll(() => carillon?.remove());

/** A phone that hears the welcome. */
async function callMenu(): Promise<Baresip> {
  const caller = await phones.start('1002', { tone: 440 });
  caller.dial(carillon.demo.ivr);
  await caller.seen('CALL_ESTABLISHED');
  await caller.hearsSound(1);
  return caller;
}

const lengthOf = ({ samples, sampleRate }: Sound): number => samples.length / sampleRate;

describe('a key in the IVR', () => {
  it('2 leaves a message in the mailbox of the operator', async () => {
    const mailbox = await Mailbox.openEmpty(carillon, '1001');
    const caller = await callMenu();
    await caller.press('2');
    await caller.hearsBeep();
    await sleep(4000);
    caller.hangUp();
    const message = await mailbox.newest();
    expect(message.from.number).toBe('1002');
    expect(measureTone(await mailbox.audio(message), 440).seconds).toBeGreaterThan(3);
  });

  it('9, pressed into the welcome, stops it at once and says it from the start', async () => {
    const caller = await callMenu();
    const pressedAt = lengthOf(caller.heard());
    await caller.press('9');
    await until('the welcome again', () => findRepeats(caller.heard()).length > 1);
    await sleep(1500);
    caller.hangUp();
    const [first = NaN, second = NaN, ...more] = findRepeats(caller.heard());
    expect(second - first).toBeGreaterThan(1);
    expect(second - pressedAt).toBeGreaterThan(0);
    expect(second - pressedAt).toBeLessThan(1.5);
    expect(more).toEqual([]);
  });

  it('stops a prompt: after the first digit of an extension there is silence', async () => {
    const caller = await callMenu();
    await caller.press('3');
    await sleep(700);
    await caller.press('7');
    await sleep(500);
    const before = loudSeconds(caller.heard());
    expect(before).toBeGreaterThan(1.5);
    // Well before the three seconds in which a second digit has to come.
    await sleep(1200);
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
    await bob.seen('CALL_ESTABLISHED');
    const result = await caller.result();
    expect(result.code, result.errors).toBe(0);
    await bob.seen('CALL_CLOSED');
  });
});
