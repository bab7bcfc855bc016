import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';
import { loudSeconds, measureTone } from './harness/tones.js';
import { sleep } from './harness/wait.js';

let carillon: Carillon;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterEach(() => phones.stopAll());
afterAll(() => carillon?.remove());

describe('the IVR on 1200', () => {
  it('answers and speaks a welcome', async () => {
    const alice = await phones.start('1001', { tone: 440 });
    alice.dial(carillon.demo.ivr);
    await alice.seen('CALL_ESTABLISHED');
    await sleep(4000);
    alice.hangUp();
    await sleep(500);
    expect(loudSeconds(alice.heard())).toBeGreaterThan(2);
  });

  it('key 1, pressed into the welcome, rings the group and connects who answers', async () => {
    const alice = await phones.start('1001', { tone: 440 });
    const bob = await phones.start('1002', { tone: 700 });
    alice.dial(carillon.demo.ivr);
    await alice.seen('CALL_ESTABLISHED');
    await sleep(1500);
    await alice.press('1');
    await bob.seen('CALL_ESTABLISHED');
    await sleep(3000);
    alice.hangUp();
    await bob.seen('CALL_CLOSED');
    await sleep(500);
    expect(measureTone(bob.heard(), 440).seconds).toBeGreaterThan(2);
    expect(measureTone(alice.heard(), 700).seconds).toBeGreaterThan(2);
  });

  it('key 3 lets the caller dial an extension; an unknown one is asked for again', async () => {
    const alice = await phones.start('1001', { tone: 440 });
    const carol = await phones.start('1003', { tone: 900 });
    alice.dial(carillon.demo.ivr);
    await alice.seen('CALL_ESTABLISHED');
    await sleep(1500);
    await alice.press('3');
    await sleep(1500);
    await alice.press('7777');
    await sleep(6000);
    await alice.press('1003');
    await carol.seen('CALL_ESTABLISHED', { timeoutMs: 20_000 });
    await sleep(2500);
    alice.hangUp();
    await sleep(500);
    expect(measureTone(carol.heard(), 440).seconds).toBeGreaterThan(1.5);
  });

  it('nothing and a wrong key are handled twice, and then the operator rings', async () => {
    const alice = await phones.start('1006', { tone: 440 });
    const operator = await phones.start('1001', { tone: 800 });
    alice.dial(carillon.demo.ivr);
    await alice.seen('CALL_ESTABLISHED');
    await sleep(1500);
    await alice.press('8');
    await operator.seen('CALL_ESTABLISHED', { timeoutMs: 90_000 });
    await sleep(2500);
    alice.hangUp();
    await sleep(500);
    expect(measureTone(alice.heard(), 800).seconds).toBeGreaterThan(1.5);
  });
});
