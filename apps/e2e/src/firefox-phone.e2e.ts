import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BrowserPhone } from './harness/browser-phone.js';
import { Carillon } from './harness/carillon.js';
import { Firefox } from './harness/firefox.js';
import { hasProgram } from './harness/has-program.js';
import { Phones } from './harness/phones.js';
import { measureTone } from './harness/tones.js';
import { sleep } from './harness/wait.js';

/** dB: a tone that came through is louder, one that did not is far below. */
const HEARD = -45;
const NOT_HEARD = -52;
/** Hz: no note of the music on hold is near. */
const ABOVE_MUSIC = 2500;

/** Firefox sends no media over loopback: Carillon listens at this machine's own address. */
const address = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address;

describe.skipIf(address === undefined || !(await hasProgram('firefox-esr')))('JsSIP in Firefox', () => {
  const server = address === undefined ? {} : { serverHost: address };
  let carillon: Carillon;
  let anna: BrowserPhone;
  const phones = new Phones(() => carillon);

  beforeAll(async () => {
    carillon = await Carillon.start({ CARILLON_SIP_HOST: address });
    anna = await BrowserPhone.start(carillon, { browser: await Firefox.start({ tone: 440 }) });
    await anna.register(BrowserPhone.accountOf(carillon, '1001'));
  });
  beforeEach(() => anna.forget());
  afterEach(() => phones.stopAll());
  afterAll(async () => {
    await phones.stopAll();
    await anna?.stop();
    await carillon?.remove();
  });

  it.each(['pcmu', 'opus'] as const)('calls a phone with %s: both hear each other', async (codec) => {
    const bob = await phones.start('1002', { ...server, tone: 700, codec });
    await anna.call('1002');
    await anna.seen('confirmed');
    await bob.seen('CALL_ESTABLISHED');
    const [toneOfBob = -200, other = 0] = await anna.hears([700, 1100], 3);
    await anna.hangUp();
    await bob.seen('CALL_CLOSED');
    await sleep(500);
    expect(toneOfBob).toBeGreaterThan(HEARD);
    expect(other).toBeLessThan(NOT_HEARD);
    expect(measureTone(bob.heard(), 440).seconds).toBeGreaterThan(2);
  });

  it('is called by a phone, holds, is held, and both hear each other again', async () => {
    const bob = await phones.start('1002', { ...server, tone: ABOVE_MUSIC });
    bob.dial('1001');
    await anna.seen('confirmed');
    await bob.seen('CALL_ESTABLISHED');
    const [called = -200] = await anna.hears([ABOVE_MUSIC], 2);
    expect(await anna.hold()).toBe(true);
    await anna.seen('hold local');
    await sleep(1000);
    const [held = 0] = await anna.hears([ABOVE_MUSIC], 2);
    expect(await anna.resume()).toBe(true);
    await anna.seen('unhold local');
    await sleep(500);
    const [resumed = -200] = await anna.hears([ABOVE_MUSIC], 2);
    bob.hold();
    await sleep(1000);
    const [heldByBob = 0] = await anna.hears([ABOVE_MUSIC], 2);
    bob.resume();
    await sleep(1000);
    const [resumedByBob = -200] = await anna.hears([ABOVE_MUSIC], 2);
    bob.hangUp();
    await anna.seen('ended: Terminated');
    await sleep(500);
    expect(called).toBeGreaterThan(HEARD);
    expect(held).toBeLessThan(NOT_HEARD);
    expect(resumed).toBeGreaterThan(HEARD);
    expect(heldByBob).toBeLessThan(NOT_HEARD);
    expect(resumedByBob).toBeGreaterThan(HEARD);
    // Its recording began anew with its own hold.
    expect(measureTone(bob.heard(), 440).seconds).toBeGreaterThan(1.5);
  });

  it('restarts ICE within a call', async () => {
    const bob = await phones.start('1002', { ...server, tone: 700 });
    await anna.call('1002');
    await anna.seen('confirmed');
    await bob.seen('CALL_ESTABLISHED');
    const before = await anna.iceUsers();
    expect(await anna.restartIce()).toBe(true);
    const after = await anna.iceUsers();
    await sleep(1000);
    const [restarted = -200] = await anna.hears([700], 2);
    await anna.hangUp();
    await bob.seen('CALL_CLOSED');
    for (const index of [0, 1]) expect(after[index]).not.toBe(before[index]);
    expect(restarted).toBeGreaterThan(HEARD);
  });

  it('presses a key of the menu by RFC 4733', async () => {
    const bob = await phones.start('1002', { ...server, tone: 700 });
    await anna.call(carillon.demo.ivr);
    await anna.seen('confirmed');
    await sleep(1500);
    await anna.press('1');
    await bob.seen('CALL_ESTABLISHED', { timeoutMs: 20_000 });
    const [toneOfBob = -200] = await anna.hears([700], 2);
    bob.hangUp();
    await anna.seen('ended: ');
    expect(toneOfBob).toBeGreaterThan(HEARD);
  });
});
