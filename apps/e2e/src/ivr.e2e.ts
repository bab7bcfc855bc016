import { afterAll, beforeAll, describe, it } from 'vitest';
import { Carillon } from './harness/carillon.js';
import { phonesOfTest } from './harness/phones.js';
import { sleep } from './harness/wait.js';

let carillon: Carillon;

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterAll(() => carillon?.remove());

/** At once, since most of it is waiting: no test calls the phones of another. */
describe.concurrent('the IVR on 1200', () => {
  it('answers and speaks a welcome', async ({ onTestFinished }) => {
    const phones = phonesOfTest(carillon, onTestFinished);
    const alice = await phones.start('1004', { tone: 440 });
    alice.dial(carillon.demo.ivr);
    await alice.seen('CALL_ESTABLISHED');
    await alice.hearsSound(2);
    alice.hangUp();
  });

  it('key 3 lets the caller dial an extension; an unknown one is asked for again', async ({ onTestFinished }) => {
    const phones = phonesOfTest(carillon, onTestFinished);
    const alice = await phones.start('1004', { tone: 440 });
    const carol = await phones.start('1003', { tone: 900 });
    alice.dial(carillon.demo.ivr);
    await alice.seen('CALL_ESTABLISHED');
    await alice.hearsSound(1);
    await alice.press('3');
    await sleep(1500);
    await alice.press('7777');
    await sleep(6000);
    await alice.press('1003');
    await carol.seen('CALL_ESTABLISHED');
    await carol.hears(440, 1.5);
    alice.hangUp();
  });

  it('nothing and a wrong key are handled twice, and then the operator rings', async ({ onTestFinished }) => {
    const phones = phonesOfTest(carillon, onTestFinished);
    const alice = await phones.start('1006', { tone: 440 });
    const operator = await phones.start('1001', { tone: 800 });
    alice.dial(carillon.demo.ivr);
    await alice.seen('CALL_ESTABLISHED');
    await alice.hearsSound(1);
    await alice.press('8');
    await operator.seen('CALL_ESTABLISHED', { timeoutMs: 90_000 });
    await alice.hears(800, 1.5);
    alice.hangUp();
  });
});

describe('the group behind key 1', () => {
  it('rings when the key is pressed into the welcome, and who answers is connected', async ({ onTestFinished }) => {
    const phones = phonesOfTest(carillon, onTestFinished);
    const alice = await phones.start('1005', { tone: 440 });
    const bob = await phones.start('1002', { tone: 700 });
    alice.dial(carillon.demo.ivr);
    await alice.seen('CALL_ESTABLISHED');
    await alice.hearsSound(1);
    await alice.press('1');
    await bob.seen('CALL_ESTABLISHED');
    await Promise.all([alice.hears(700), bob.hears(440)]);
    alice.hangUp();
    await bob.seen('CALL_CLOSED');
  });
});
