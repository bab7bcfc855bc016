import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BrowserPhone } from './harness/browser-phone.js';
import { adminOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';
import { measureTone } from './harness/tones.js';
import { sleep } from './harness/wait.js';

/** dB: a tone that came through is louder, one that did not is far below. */
const HEARD = -45;
const NOT_HEARD = -60;

let carillon: Carillon;
let anna: BrowserPhone;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  carillon = await Carillon.start();
  anna = await BrowserPhone.start(carillon, { tone: 440 });
});
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

  it.each(['pcmu', 'opus'] as const)('calls a desk phone with %s, and both hear each other', async (codec) => {
    await anna.register(accountOf('1001'));
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

  it.each(['pcmu', 'opus'] as const)('is called by a desk phone with %s, and both hear each other', async (codec) => {
    await anna.register(accountOf('1001'));
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
});
