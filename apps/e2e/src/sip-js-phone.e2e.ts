import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ABOVE_MUSIC,
  ANNA,
  itCallsDeskPhones,
  itHoldsAndIsHeld,
  itIsHeardAfterHold,
  itPressesKeysOfTheMenu,
  itTalksToAnotherPage,
  itTransfersItsCaller,
  registerAnna,
  usePageCast,
} from './flows/page-phone-calls.js';
import { adminOf } from './harness/call-history.js';
import { SipJsPhone } from './harness/sip-js-phone.js';
import { sleep, until } from './harness/wait.js';

const cast = usePageCast((carillon) => SipJsPhone.start(carillon, { tone: ANNA }));
const accountOf = (extension: string) => SipJsPhone.accountOf(cast.carillon, extension);
interface Registration {
  readonly sipUsername: string;
  readonly protocol: string;
}
const registrations = async (): Promise<Registration[]> =>
  (await adminOf(cast.carillon)).do<Registration[]>('GET', '/api/admin/registrations');

describe('SIP.js in a browser', () => {
  it('is refused with a wrong password, registers with instance and reg-id, unregisters', async () => {
    const { anna, carillon } = cast;
    expect(await anna.register({ ...accountOf('1001'), password: 'wrong' })).toMatch(/^refused: 40[13]$/);
    expect(await anna.register(accountOf('1001'))).toBe('registered');
    expect(await registrations()).toMatchObject([{ sipUsername: carillon.staff('1001').sipUser, protocol: 'ws' }]);
    await anna.unregister();
    await until('nobody to be registered', async () => (await registrations()).length === 0);
  });
});

describe('SIP.js and desk phones', () => {
  registerAnna(cast);
  itCallsDeskPhones(cast);
  itHoldsAndIsHeld(cast);
  itIsHeardAfterHold(cast);
  itTransfersItsCaller(cast);

  it('asks for an offer within the call (RFC 3261 §14.1)', async () => {
    const bob = await cast.desk('1002', { tone: 700 });
    await cast.anna.call('1002');
    await cast.anna.talks();
    await bob.seen('CALL_ESTABLISHED');
    expect(await cast.anna.inviteWithoutOffer()).toBe('accepted');
    await Promise.all([cast.anna.hears(700), bob.hears(ANNA)]);
    await cast.anna.hangUp();
    await bob.seen('CALL_CLOSED');
  });

  it('gives up a call that rings, declines one, and is told of one declined', async () => {
    const bob = await cast.desk('1002', { tone: 700, answer: 'manual' });
    await cast.anna.call('1002');
    await cast.anna.seen('status 180');
    await cast.anna.hangUp(0);
    await cast.anna.seen('call 0 Terminated');
    await cast.anna.seen('status 487');
    await bob.seen('CALL_CLOSED');
    await cast.anna.call('1002');
    await bob.seen('CALL_INCOMING', { count: 2 });
    bob.hangUp();
    // The callee's voicemail takes it.
    await cast.anna.seen('call 1 Established');
    await cast.anna.hangUp(1);
    await cast.anna.seen('call 1 Terminated');
  });

  it('transfers attended: Replaces joins the two it spoke with', async () => {
    const bob = await cast.desk('1002', { tone: 700 });
    const carol = await cast.desk('1003', { tone: 1100 });
    bob.dial('1001');
    await cast.anna.talks();
    await cast.anna.call('1003');
    await cast.anna.talks(2);
    await carol.seen('CALL_ESTABLISHED');
    await cast.anna.joinCalls();
    await cast.anna.hasEnded(2);
    await Promise.all([bob.hears(1100), carol.hears(700)]);
    carol.hangUp();
    await bob.seen('CALL_CLOSED');
  });
});

describe('SIP.js and the applications', () => {
  registerAnna(cast);
  itPressesKeysOfTheMenu(cast);

  it('presses a key of the menu by INFO', async () => {
    const { anna } = cast;
    const bob = await cast.desk('1002', { tone: 700 });
    await anna.call(cast.carillon.demo.ivr);
    await anna.talks();
    await sleep(500);
    await anna.pressByInfo('1');
    await anna.seen('info answered 200');
    await bob.seen('CALL_ESTABLISHED');
    await anna.hears(700);
    bob.hangUp();
    await anna.hasEnded();
  });
});

describe('two browsers with SIP.js', () => {
  let bert: SipJsPhone;
  registerAnna(cast);
  beforeAll(async () => {
    bert = await SipJsPhone.start(cast.carillon, { tone: ABOVE_MUSIC });
    await cast.join(bert, '1002');
  });
  beforeEach(() => bert.forget());
  afterAll(() => bert?.stop());
  itTalksToAnotherPage(cast, () => bert);

  it('write to each other', async () => {
    await cast.anna.write('1002', 'Good morning');
    await cast.anna.seen('message answered 20');
    expect(await bert.seen('message ')).toBe('message Good morning');
    await bert.write('1001', 'Good evening');
    await cast.anna.seen('message Good evening');
  });
});
