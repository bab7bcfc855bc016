import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Baresip, BaresipOptions } from '../harness/baresip.js';
import type { BrowserPhone } from '../harness/browser-phone.js';
import { Carillon } from '../harness/carillon.js';
import { hasProgram } from '../harness/has-program.js';
import { Linphone } from '../harness/linphone.js';
import { PagePhone } from '../harness/page-phone.js';
import { Phones } from '../harness/phones.js';
import { tellOfFailures } from '../harness/sip-trace.js';
import { sleep } from '../harness/wait.js';

const hasLinphone = await hasProgram('linphonec');

/** Hz: what the page's microphone hums, and what nobody does. */
export const ANNA = 440;
const NOBODY = 1100;
/** Hz: no note of the music on hold is near. */
export const ABOVE_MUSIC = 2500;

/** Hz: the note of the music on hold that comes most often. */
const MUSIC = 659;

/** Anna's phone in a page, her colleagues' on their desks. There is nobody yet when the tests are told. */
export interface PageCast<Phone extends PagePhone = PagePhone> {
  readonly carillon: Carillon;
  readonly anna: Phone;
  /** Registers another page, which is told of as well where a test fails. @throws Error where it is refused */
  join(page: PagePhone, extension: string): Promise<void>;
  desk(extension: string, options: Partial<BaresipOptions> & Pick<BaresipOptions, 'tone'>): Promise<Baresip>;
}

/**
 * An installation and Anna's page for all tests of a file, desk phones for each test. A test that fails tells what the pages
 * saw, who is registered, and every SIP message of that time.
 * @param host where Carillon takes SIP and media; 127.0.0.1 unless given
 */
export function usePageCast<Phone extends PagePhone>(
  openPage: (carillon: Carillon) => Promise<Phone>,
  host?: string,
): PageCast<Phone> {
  let carillon: Carillon;
  let anna: Phone;
  const others: PagePhone[] = [];
  const phones = new Phones(() => carillon);
  beforeAll(async () => {
    carillon = await Carillon.start(host === undefined ? {} : { CARILLON_SIP_HOST: host });
    anna = await openPage(carillon);
  });
  beforeEach(() => anna.forget());
  afterEach(() => phones.stopAll());
  // Before the phones are stopped: of such hooks the last runs first.
  tellOfFailures(
    () => carillon,
    () => Promise.all([anna, ...others].map((page) => page.story())),
  );
  afterAll(async () => {
    await phones.stopAll();
    await anna?.stop();
    await carillon?.remove();
  });
  return {
    get carillon() {
      return carillon;
    },
    get anna() {
      return anna;
    },
    join: async (page, extension) => {
      others.push(page);
      expect(await page.register(PagePhone.accountOf(carillon, extension))).toBe('registered');
    },
    desk: (extension, options) =>
      phones.start(extension, host === undefined ? options : { serverHost: host, ...options }),
  };
}

/** Anna's own extension is registered at her page, before the tests of a group. */
export function registerAnna(cast: PageCast): void {
  beforeAll(async () => {
    expect(await cast.anna.register(PagePhone.accountOf(cast.carillon, '1001'))).toBe('registered');
  });
}

export function itCallsDeskPhones(cast: PageCast): void {
  it.each(['pcmu', 'opus'] as const)('calls a phone with %s, and is called: both hear each other', async (codec) => {
    const { anna } = cast;
    const bob = await cast.desk('1002', { tone: 700, codec });
    await anna.call('1002');
    await anna.talks();
    await bob.seen('CALL_ESTABLISHED');
    await Promise.all([anna.hears(700), bob.hears(ANNA)]);
    await anna.hearsNo(NOBODY);
    await anna.hangUp();
    await bob.seen('CALL_CLOSED');
    bob.dial('1001');
    await anna.talks(2);
    await bob.seen('CALL_ESTABLISHED', { count: 2 });
    await Promise.all([anna.hears(700), bob.hears(ANNA)]);
    bob.hangUp();
    await anna.hasEnded(2);
  });
}

/** @param media how the desk phone speaks, by name */
export function itHoldsAndIsHeld(
  cast: PageCast,
  media: Readonly<Record<string, Partial<BaresipOptions>>> = { 'plain RTP': {} },
): void {
  it.each(Object.entries(media))('holds and resumes, is held and resumed: a phone with %s', async (_, options) => {
    const { anna } = cast;
    const bob = await cast.desk('1002', { tone: ABOVE_MUSIC, ...options });
    bob.dial('1001');
    await anna.talks();
    await bob.seen('CALL_ESTABLISHED');
    await Promise.all([anna.hears(ABOVE_MUSIC), bob.hears(ANNA, 1.5)]);
    await anna.hold();
    await anna.hearsNo(ABOVE_MUSIC);
    await anna.resume();
    await Promise.all([anna.hears(ABOVE_MUSIC), bob.soundFlows()]);
    bob.hold();
    await anna.hearsNo(ABOVE_MUSIC);
    await anna.hears(MUSIC);
    bob.resume();
    await anna.hears(ABOVE_MUSIC);
    await anna.hearsNo(MUSIC);
    await bob.soundFlows();
    await anna.hangUp();
    await bob.seen('CALL_CLOSED');
  });
}

/** By a phone that records on after a hold. */
export function itIsHeardAfterHold(cast: PageCast): void {
  it.skipIf(!hasLinphone)('is heard again once it has come back from a hold', async ({ onTestFinished }) => {
    const { anna, carillon } = cast;
    const { sipUser: user, sipPassword: password } = carillon.staff('1002');
    const { domain, udpPort: serverPort } = carillon.demo.sip;
    const linphone = await Linphone.start({ user, password, domain, serverPort, tone: 700 });
    onTestFinished(() => linphone.stop());
    await anna.call('1002');
    await Promise.all([anna.talks(), linphone.inCall()]);
    await anna.hold();
    await linphone.logs(/to LinphoneCallPausedByRemote/);
    await sleep(1000);
    const before = linphone.secondsHeard(ANNA);
    await anna.resume();
    await linphone.inCall(2);
    await Promise.all([anna.hears(700), sleep(4000)]);
    await anna.hangUp();
    await linphone.logs(/to LinphoneCallReleased/);
    await linphone.hears(ANNA, 2, before);
  });
}

export function itRestartsIce(cast: PageCast<BrowserPhone>): void {
  it('restarts ICE within a call', async () => {
    const { anna } = cast;
    const bob = await cast.desk('1002', { tone: 700 });
    await anna.call('1002');
    await anna.talks();
    await bob.seen('CALL_ESTABLISHED');
    const before = await anna.iceUsers();
    expect(await anna.restartIce()).toBe(true);
    const after = await anna.iceUsers();
    for (const index of [0, 1]) expect(after[index]).not.toBe(before[index]);
    await Promise.all([anna.hears(700), bob.hears(ANNA)]);
    await anna.hangUp();
    await bob.seen('CALL_CLOSED');
  });
}

export function itTransfersItsCaller(cast: PageCast): void {
  it('sends its caller on to somebody else, and the two hear each other', async () => {
    const { anna } = cast;
    const bob = await cast.desk('1002', { tone: 700 });
    const carol = await cast.desk('1003', { tone: 1100 });
    bob.dial('1001');
    await anna.talks();
    await bob.hears(ANNA, 0.5);
    await anna.transfer('1003');
    await carol.seen('CALL_ESTABLISHED');
    await Promise.all([bob.hears(1100), carol.hears(700)]);
    carol.hangUp();
    await bob.seen('CALL_CLOSED');
  });
}

export function itPressesKeysOfTheMenu(cast: PageCast): void {
  it('presses a key of the menu by RFC 4733', async () => {
    const { anna } = cast;
    const bob = await cast.desk('1002', { tone: 700 });
    await anna.call(cast.carillon.demo.ivr);
    await anna.talks();
    // Into the welcome.
    await sleep(1500);
    await anna.press('1');
    await bob.seen('CALL_ESTABLISHED');
    await anna.hears(700);
    bob.hangUp();
    await anna.hasEnded();
  });
}

/** @param bert another page, whose microphone hums ABOVE_MUSIC */
export function itTalksToAnotherPage(cast: PageCast, bert: () => PagePhone): void {
  it('talks to another page, also after a hold', async () => {
    const [anna, other] = [cast.anna, bert()];
    await anna.call('1002');
    await Promise.all([anna.talks(), other.talks()]);
    await Promise.all([anna.hears(ABOVE_MUSIC), other.hears(ANNA)]);
    await other.hold();
    await other.hearsNo(ANNA);
    if (other.isSilentWhileItHolds) await anna.hearsNo(ABOVE_MUSIC);
    await other.resume();
    await Promise.all([anna.hears(ABOVE_MUSIC), other.hears(ANNA)]);
    await other.hangUp();
    await anna.hasEnded();
  });
}
