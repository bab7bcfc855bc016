import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ABOVE_MUSIC,
  ANNA,
  itCallsDeskPhones,
  itHoldsAndIsHeld,
  itIsHeardAfterHold,
  itPressesKeysOfTheMenu,
  itRestartsIce,
  itTalksToAnotherPage,
  itTransfersItsCaller,
  registerAnna,
  usePageCast,
} from './flows/page-phone-calls.js';
import { BrowserPhone } from './harness/browser-phone.js';
import { adminOf, callOf } from './harness/call-history.js';
import { Mailbox } from './harness/mailbox.js';
import { measureTone } from './harness/tones.js';
import { sleep, until } from './harness/wait.js';

const cast = usePageCast((carillon) => BrowserPhone.start(carillon, { tone: ANNA }));
const accountOf = (extension: string) => BrowserPhone.accountOf(cast.carillon, extension);

describe('JsSIP in a browser', () => {
  it('is refused with a wrong password', async () => {
    expect(await cast.anna.register({ ...accountOf('1001'), password: 'wrong' })).toBe('refused: Rejected');
  });

  it('registers over WebSocket, and the admin sees it', async () => {
    expect(await cast.anna.register(accountOf('1001'))).toBe('registered');
    const admin = await adminOf(cast.carillon);
    const registrations = await until('one registration', async () => {
      const list = await admin.do<{ sipUsername: string; protocol: string }[]>('GET', '/api/admin/registrations');
      return list.length === 1 && list;
    });
    expect(registrations).toMatchObject([{ sipUsername: cast.carillon.staff('1001').sipUser, protocol: 'ws' }]);
  });
});

describe('JsSIP and desk phones', () => {
  registerAnna(cast);
  itCallsDeskPhones(cast);
  itHoldsAndIsHeld(cast, { 'plain RTP': {}, SRTP: { mediaEncryption: 'srtp-mand' } });
  itIsHeardAfterHold(cast);
  itRestartsIce(cast);
  itTransfersItsCaller(cast);

  it('a call whose media never connects ends, and its ladder says why', async () => {
    const bob = await cast.desk('1002', { tone: 700 });
    const began = Date.now();
    await cast.anna.call('1002', { relayed: true });
    await cast.anna.talks();
    await cast.anna.seen('ended: ');
    await bob.seen('CALL_CLOSED');
    const admin = await adminOf(cast.carillon);
    const { callId } = await callOf(cast.carillon, '1001', ({ startedAt }) => Date.parse(startedAt) >= began);
    const ladder = (await admin.bytes(`/api/calls/${callId}/ladder.txt`)).toString();
    expect(ladder).toContain('The media connection (ICE, DTLS) did not come up');
  });
});

describe('JsSIP and the applications', () => {
  registerAnna(cast);
  itPressesKeysOfTheMenu(cast);

  it('leaves a message with its own tone in it', async () => {
    const { anna, carillon } = cast;
    const mailbox = await Mailbox.openEmpty(carillon, '1004');
    await anna.call('1004');
    await anna.talks();
    // A page does not record: as long as a greeting takes, and a message.
    await sleep(12_000);
    await anna.hangUp();
    const message = await mailbox.newest();
    expect(measureTone(await mailbox.audio(message), ANNA).seconds).toBeGreaterThan(2);
  });
});

describe('two browsers with JsSIP', () => {
  let bert: BrowserPhone;
  registerAnna(cast);
  beforeAll(async () => {
    bert = await BrowserPhone.start(cast.carillon, { tone: ABOVE_MUSIC });
    await cast.join(bert, '1002');
  });
  beforeEach(() => bert.forget());
  afterAll(() => bert?.stop());
  itTalksToAnotherPage(cast, () => bert);
});
