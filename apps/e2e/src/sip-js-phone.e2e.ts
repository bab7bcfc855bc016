import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adminOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';
import { SipJsPhone } from './harness/sip-js-phone.js';
import { measureTone } from './harness/tones.js';
import { sleep } from './harness/wait.js';

/** dB: a tone that came through is louder, one that did not is far below. */
const HEARD = -45;
const NOT_HEARD = -60;
/** Hz: no note of the music on hold is near. */
const ABOVE_MUSIC = 2500;

let carillon: Carillon;
let anna: SipJsPhone;
const phones = new Phones(() => carillon);

const accountOf = (extension: string) => SipJsPhone.accountOf(carillon, extension);
interface Registration {
  readonly sipUsername: string;
  readonly protocol: string;
}
const registrations = async (): Promise<Registration[]> =>
  (await adminOf(carillon)).do<Registration[]>('GET', '/api/admin/registrations');

beforeAll(async () => {
  carillon = await Carillon.start();
  anna = await SipJsPhone.start(carillon, { tone: 440 });
});
beforeEach(() => anna.forget());
afterEach(() => phones.stopAll());
afterAll(async () => {
  await phones.stopAll();
  await anna?.stop();
  await carillon?.remove();
});

describe('SIP.js in a browser', () => {
  it('is refused with a wrong password, registers with instance and reg-id, unregisters', async () => {
    expect(await anna.register({ ...accountOf('1001'), password: 'wrong' })).toMatch(/^refused: 40[13]$/);
    expect(await anna.register(accountOf('1001'))).toBe('registered');
    expect(await registrations()).toMatchObject([{ sipUsername: carillon.staff('1001').sipUser, protocol: 'ws' }]);
    await anna.unregister();
    expect(await registrations()).toEqual([]);
  });
});

describe('SIP.js and desk phones', () => {
  beforeAll(() => anna.register(accountOf('1001')));

  it.each(['pcmu', 'opus'] as const)('calls a phone with %s, and is called: both hear each other', async (codec) => {
    const bob = await phones.start('1002', { tone: 700, codec });
    await anna.call('1002');
    await anna.seen('call 0 Established');
    await bob.seen('CALL_ESTABLISHED');
    const [called = -200] = await anna.hears([700], 3);
    await anna.hangUp(0);
    await bob.seen('CALL_CLOSED');
    await sleep(500);
    expect(measureTone(bob.heard(), 440).seconds).toBeGreaterThan(2);
    bob.dial('1001');
    await anna.seen('incoming 1002');
    await anna.seen('call 1 Established');
    const [answered = -200] = await anna.hears([700], 3);
    bob.hangUp();
    await anna.seen('call 1 Terminated');
    await sleep(500);
    expect(called).toBeGreaterThan(HEARD);
    expect(answered).toBeGreaterThan(HEARD);
    expect(measureTone(bob.heard(), 440).seconds).toBeGreaterThan(2);
  });

  it('holds and resumes by re-INVITE, is held and resumed', async () => {
    const bob = await phones.start('1002', { tone: ABOVE_MUSIC });
    await anna.call('1002');
    await anna.seen('call 0 Established');
    await bob.seen('CALL_ESTABLISHED');
    expect(await anna.hold(0, true)).toBe('accepted');
    await sleep(1000);
    const [held = 0] = await anna.hears([ABOVE_MUSIC], 2);
    expect(await anna.hold(0, false)).toBe('accepted');
    await sleep(1000);
    const [resumed = -200] = await anna.hears([ABOVE_MUSIC], 2);
    bob.hold();
    await sleep(1500);
    const [heldByBob = 0] = await anna.hears([ABOVE_MUSIC], 2);
    bob.resume();
    await sleep(1500);
    const [resumedByBob = -200] = await anna.hears([ABOVE_MUSIC], 2);
    await anna.hangUp();
    await bob.seen('CALL_CLOSED');
    expect(held).toBeLessThan(NOT_HEARD);
    expect(resumed).toBeGreaterThan(HEARD);
    expect(heldByBob).toBeLessThan(NOT_HEARD);
    expect(resumedByBob).toBeGreaterThan(HEARD);
  });

  it('asks for an offer within the call (RFC 3261 §14.1)', async () => {
    const bob = await phones.start('1002', { tone: 700 });
    await anna.call('1002');
    await anna.seen('call 0 Established');
    await bob.seen('CALL_ESTABLISHED');
    expect(await anna.inviteWithoutOffer()).toBe('accepted');
    await sleep(1000);
    const [heard = -200] = await anna.hears([700], 2);
    await anna.hangUp();
    await bob.seen('CALL_CLOSED');
    expect(heard).toBeGreaterThan(HEARD);
  });

  it('gives up a call that rings, declines one, and is told of one declined', async () => {
    const bob = await phones.start('1002', { tone: 700, answer: 'manual' });
    await anna.call('1002');
    await anna.seen('status 180');
    await anna.hangUp(0);
    await anna.seen('call 0 Terminated');
    await anna.seen('status 487');
    await bob.seen('CALL_CLOSED');
    await anna.call('1002');
    await bob.seen('CALL_INCOMING', { count: 2 });
    bob.hangUp();
    // The callee's voicemail takes it.
    await anna.seen('call 1 Established');
    await anna.hangUp(1);
    await anna.seen('call 1 Terminated');
  });

  it('transfers blindly: REFER with its news, and the others hear each other', async () => {
    const bob = await phones.start('1002', { tone: 700 });
    const carol = await phones.start('1003', { tone: 1100 });
    bob.dial('1001');
    await anna.seen('call 0 Established');
    await sleep(500);
    await anna.transfer('1003');
    await anna.seen('refer 20');
    await carol.seen('CALL_ESTABLISHED');
    await anna.seen('notify SIP/2.0 200');
    await sleep(3000);
    carol.hangUp();
    await bob.seen('CALL_CLOSED');
    await sleep(500);
    expect(measureTone(bob.heard(), 1100).seconds).toBeGreaterThan(2);
    expect(measureTone(carol.heard(), 700).seconds).toBeGreaterThan(2);
  });

  it('transfers attended: Replaces joins the two it spoke with', async () => {
    const bob = await phones.start('1002', { tone: 700 });
    const carol = await phones.start('1003', { tone: 1100 });
    bob.dial('1001');
    await anna.seen('call 0 Established');
    await anna.call('1003');
    await anna.seen('call 1 Established');
    await carol.seen('CALL_ESTABLISHED');
    await anna.transfer({ call: 1 }, 0);
    await anna.seen('refer 20');
    await anna.seen('call 1 Terminated');
    await sleep(3000);
    carol.hangUp();
    await bob.seen('CALL_CLOSED');
    await sleep(500);
    expect(measureTone(bob.heard(), 1100).seconds).toBeGreaterThan(1.5);
    expect(measureTone(carol.heard(), 700).seconds).toBeGreaterThan(1.5);
  });
});

describe('SIP.js and the applications', () => {
  beforeAll(() => anna.register(accountOf('1001')));

  it.each(['RFC 4733', 'INFO'] as const)('presses a key of the menu by %s', async (way) => {
    const bob = await phones.start('1002', { tone: 700 });
    await anna.call(carillon.demo.ivr);
    await anna.seen('call 0 Established');
    await sleep(1500);
    if (way === 'INFO') await anna.pressByInfo('1');
    else await anna.press('1');
    await bob.seen('CALL_ESTABLISHED', { timeoutMs: 20_000 });
    const [toneOfBob = -200] = await anna.hears([700], 2);
    bob.hangUp();
    await anna.seen('call 0 Terminated');
    expect(toneOfBob).toBeGreaterThan(HEARD);
    if (way === 'INFO') await anna.seen('info answered 200');
  });
});

describe('two browsers with SIP.js', () => {
  let bert: SipJsPhone;
  beforeAll(async () => {
    await anna.register(accountOf('1001'));
    bert = await SipJsPhone.start(carillon, { tone: 900 });
    await bert.register(accountOf('1002'));
  });
  beforeEach(() => bert.forget());
  afterAll(() => bert?.stop());

  it('call each other, and both hear', async () => {
    await anna.call('1002');
    await anna.seen('call 0 Established');
    await bert.seen('call 0 Established');
    const [[toneOfBert = -200], [toneOfAnna = -200]] = await Promise.all([anna.hears([900], 3), bert.hears([440], 3)]);
    await bert.hangUp();
    await anna.seen('call 0 Terminated');
    expect(toneOfBert).toBeGreaterThan(HEARD);
    expect(toneOfAnna).toBeGreaterThan(HEARD);
  });

  it('write to each other', async () => {
    await anna.write('1002', 'Good morning');
    await anna.seen('message answered 20');
    expect(await bert.seen('message ')).toBe('message Good morning');
    await bert.write('1001', 'Good evening');
    await anna.seen('message Good evening');
  });
});
