import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BrowserPhone } from './harness/browser-phone.js';
import { adminOf, portalOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';
import { measureTone, measureToneInFile } from './harness/tones.js';
import { sleep, until } from './harness/wait.js';

/** dB: a tone that came through is louder, one that did not is far below. */
const HEARD = -45;
const NOT_HEARD = -60;
/** Hz: no note of the music on hold is near. */
const ABOVE_MUSIC = 2500;

let carillon: Carillon;
let anna: BrowserPhone;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  carillon = await Carillon.start();
  anna = await BrowserPhone.start(carillon, { tone: 440 });
});
beforeEach(() => anna.forget());
afterEach(() => phones.stopAll());
afterAll(async () => {
  await phones.stopAll();
  await anna?.stop();
  await carillon?.remove();
});

const accountOf = (extension: string) => BrowserPhone.accountOf(carillon, extension);

describe('JsSIP in a browser', () => {
  it('is refused with a wrong password', async () => {
    expect(await anna.register({ ...accountOf('1001'), password: 'wrong' })).toBe('refused: Rejected');
  });

  it('registers over WebSocket, and the admin sees it', async () => {
    expect(await anna.register(accountOf('1001'))).toBe('registered');
    const admin = await adminOf(carillon);
    const registrations = await admin.do<{ sipUsername: string; protocol: string }[]>(
      'GET',
      '/api/admin/registrations',
    );
    expect(registrations).toMatchObject([{ sipUsername: carillon.staff('1001').sipUser, protocol: 'ws' }]);
  });
});

describe('a browser and a desk phone', () => {
  beforeAll(() => anna.register(accountOf('1001')));

  it.each(['pcmu', 'opus'] as const)('the browser calls a phone with %s: both hear each other', async (codec) => {
    const bob = await phones.start('1002', { tone: 700, codec });
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

  it.each(['pcmu', 'opus'] as const)('a phone with %s calls the browser: both hear each other', async (codec) => {
    const bob = await phones.start('1002', { tone: 700, codec });
    bob.dial('1001');
    await anna.seen('confirmed');
    await bob.seen('CALL_ESTABLISHED');
    const [toneOfBob = -200] = await anna.hears([700], 3);
    bob.hangUp();
    await anna.seen('ended: Terminated');
    await sleep(500);
    expect(toneOfBob).toBeGreaterThan(HEARD);
    expect(measureTone(bob.heard(), 440).seconds).toBeGreaterThan(2);
  });

  it('the browser holds and resumes, and restarts ICE, by re-INVITEs', async () => {
    const bob = await phones.start('1002', { tone: 700 });
    await anna.call('1002');
    await anna.seen('confirmed');
    await bob.seen('CALL_ESTABLISHED');
    expect(await anna.hold()).toBe(true);
    await anna.seen('hold local');
    await sleep(1500);
    const [held = 0] = await anna.hears([700], 2);
    expect(await anna.resume()).toBe(true);
    await anna.seen('unhold local');
    await sleep(1000);
    const [resumed = -200] = await anna.hears([700], 2);
    const before = await anna.iceUsers();
    expect(await anna.restartIce()).toBe(true);
    const after = await anna.iceUsers();
    await sleep(1500);
    const [restarted = -200] = await anna.hears([700], 2);
    await anna.hangUp();
    await bob.seen('CALL_CLOSED');
    expect(held).toBeLessThan(NOT_HEARD);
    expect(resumed).toBeGreaterThan(HEARD);
    for (const index of [0, 1]) expect(after[index]).not.toBe(before[index]);
    expect(restarted).toBeGreaterThan(HEARD);
  });

  it.each([
    ['plain RTP', {}],
    ['SRTP', { mediaEncryption: 'srtp-mand' }],
  ] as const)('a phone with %s holds and resumes', async (_, options) => {
    const bob = await phones.start('1002', { tone: ABOVE_MUSIC, ...options });
    bob.dial('1001');
    await bob.seen('CALL_ESTABLISHED');
    await anna.seen('confirmed');
    await sleep(500);
    bob.hold();
    await sleep(1500);
    const [held = 0] = await anna.hears([ABOVE_MUSIC], 2);
    bob.resume();
    await sleep(1500);
    const [resumed = -200] = await anna.hears([ABOVE_MUSIC], 2);
    await anna.hangUp();
    await bob.seen('CALL_CLOSED');
    expect(held).toBeLessThan(NOT_HEARD);
    expect(resumed).toBeGreaterThan(HEARD);
  });

  it('the browser sends its caller on to somebody else', async () => {
    const bob = await phones.start('1002', { tone: 700 });
    const carol = await phones.start('1003', { tone: 1100 });
    bob.dial('1001');
    await anna.seen('confirmed');
    await sleep(500);
    await anna.refer('1003');
    await carol.seen('CALL_ESTABLISHED');
    await sleep(3000);
    carol.hangUp();
    await bob.seen('CALL_CLOSED');
    await sleep(500);
    expect(measureTone(bob.heard(), 1100).seconds).toBeGreaterThan(2);
    expect(measureTone(carol.heard(), 700).seconds).toBeGreaterThan(2);
  });

  it('a call whose media never connects ends, and its ladder says why', async () => {
    const bob = await phones.start('1002', { tone: 700 });
    await anna.call('1002', { relayed: true });
    await anna.seen('confirmed');
    await anna.seen('ended: ', { timeoutMs: 25_000 });
    await bob.seen('CALL_CLOSED');
    const admin = await adminOf(carillon);
    const { calls } = await admin.do<{ calls: { callId: string }[] }>('GET', '/api/admin/calls?limit=1');
    const ladder = (await admin.bytes(`/api/calls/${calls[0]?.callId}/ladder.txt`)).toString();
    expect(ladder).toContain('The media connection (ICE, DTLS) did not come up');
  });
});

describe('a browser and the applications', () => {
  beforeAll(() => anna.register(accountOf('1001')));

  it('hears the menu, whose keys it presses by RFC 4733', async () => {
    const bob = await phones.start('1002', { tone: 700 });
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

  it('leaves a message with its own tone in it', async () => {
    await anna.call('1004');
    await anna.seen('confirmed', { timeoutMs: 30_000 });
    await sleep(12_000);
    await anna.hangUp();
    const portal = await portalOf(carillon, '1004');
    const message = await until('the message', async () => {
      const list = await portal.do<{ voicemailMessageId: string }[]>('GET', '/api/voicemail');
      return list[0];
    });
    const file = join(carillon.dataDir, 'left.wav');
    writeFileSync(file, await portal.bytes(`/api/voicemail/${message.voicemailMessageId}/audio`));
    expect(measureToneInFile(file, 440).seconds).toBeGreaterThan(2);
  });
});

describe('two browsers', () => {
  let bert: BrowserPhone;
  beforeAll(async () => {
    await anna.register(accountOf('1001'));
    bert = await BrowserPhone.start(carillon, { tone: ABOVE_MUSIC });
    await bert.register(accountOf('1002'));
  });
  afterAll(() => bert?.stop());

  it('call each other, and both hear, also after a hold', async () => {
    await anna.call('1002');
    await anna.seen('confirmed');
    await bert.seen('confirmed');
    const [[toneOfBert = -200], [toneOfAnna = -200]] = await Promise.all([
      anna.hears([ABOVE_MUSIC], 3),
      bert.hears([440], 3),
    ]);
    await bert.hold();
    await bert.seen('hold local');
    await sleep(1500);
    const [held = 0] = await anna.hears([ABOVE_MUSIC], 2);
    await bert.resume();
    await bert.seen('unhold local');
    await sleep(1500);
    const [[bertAgain = -200], [annaAgain = -200]] = await Promise.all([
      anna.hears([ABOVE_MUSIC], 2),
      bert.hears([440], 2),
    ]);
    await bert.hangUp();
    await anna.seen('ended: ');
    expect(held).toBeLessThan(NOT_HEARD);
    expect(bertAgain).toBeGreaterThan(HEARD);
    expect(annaAgain).toBeGreaterThan(HEARD);
    expect(toneOfBert).toBeGreaterThan(HEARD);
    expect(toneOfAnna).toBeGreaterThan(HEARD);
  });
});
