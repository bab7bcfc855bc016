import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ABOVE_MUSIC,
  ANNA,
  itCallsDeskPhones,
  itHoldsAndIsHeld,
  itPressesKeysOfTheMenu,
  itRestartsIce,
  itTalksToAnotherPage,
  itTransfersItsCaller,
  registerAnna,
  usePageCast,
} from './flows/page-phone-calls.js';
import { BrowserPhone } from './harness/browser-phone.js';
import { adminOf, portalOf } from './harness/call-history.js';
import { measureToneInFile } from './harness/tones.js';
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
    const registrations = await admin.do<{ sipUsername: string; protocol: string }[]>(
      'GET',
      '/api/admin/registrations',
    );
    expect(registrations).toMatchObject([{ sipUsername: cast.carillon.staff('1001').sipUser, protocol: 'ws' }]);
  });
});

describe('JsSIP and desk phones', () => {
  registerAnna(cast);
  itCallsDeskPhones(cast);
  itHoldsAndIsHeld(cast, { 'plain RTP': {}, SRTP: { mediaEncryption: 'srtp-mand' } });
  itRestartsIce(cast);
  itTransfersItsCaller(cast);

  it('a call whose media never connects ends, and its ladder says why', async () => {
    const bob = await cast.desk('1002', { tone: 700 });
    await cast.anna.call('1002', { relayed: true });
    await cast.anna.talks();
    await cast.anna.seen('ended: ', { timeoutMs: 25_000 });
    await bob.seen('CALL_CLOSED');
    const admin = await adminOf(cast.carillon);
    const { calls } = await admin.do<{ calls: { callId: string }[] }>('GET', '/api/admin/calls?limit=1');
    const ladder = (await admin.bytes(`/api/calls/${calls[0]?.callId}/ladder.txt`)).toString();
    expect(ladder).toContain('The media connection (ICE, DTLS) did not come up');
  });
});

describe('JsSIP and the applications', () => {
  registerAnna(cast);
  itPressesKeysOfTheMenu(cast);

  it('leaves a message with its own tone in it', async () => {
    const { anna, carillon } = cast;
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
    expect(measureToneInFile(file, ANNA).seconds).toBeGreaterThan(2);
  });
});

describe('two browsers with JsSIP', () => {
  let bert: BrowserPhone;
  registerAnna(cast);
  beforeAll(async () => {
    bert = await BrowserPhone.start(cast.carillon, { tone: ABOVE_MUSIC });
    await bert.register(accountOf('1002'));
  });
  beforeEach(() => bert.forget());
  afterAll(() => bert?.stop());
  itTalksToAnotherPage(cast, () => bert);
});
