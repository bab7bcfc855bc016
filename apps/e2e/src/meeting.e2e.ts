import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Baresip } from './harness/baresip.js';
import { TestBrowser } from './harness/browser.js';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';
import { portalOf } from './harness/call-history.js';
import { measureTone } from './harness/tones.js';
import { sleep, until } from './harness/wait.js';

const ALICE = 440;
const BOB = 700;
const PHONE = 1300;
const GUEST = 1000;
const LATE = 1700;
/** A tone that arrives stands this far above what is there without it, dB. */
const CLEARLY = 20;

let carillon: Carillon;
let alice: TestBrowser;
let bob: TestBrowser;
const phones = new Phones(() => carillon);
const guests: TestBrowser[] = [];

async function join(browser: TestBrowser): Promise<void> {
  await browser.page.goto(carillon.demo.room.url);
  await browser.page.getByRole('button', { name: 'Join now' }).click();
  await browser.page.getByLabel('Meeting controls').waitFor();
}

/** Whether the browser hears each tone, against a frequency that nobody plays. */
async function hears(browser: TestBrowser, tones: readonly number[]): Promise<boolean[]> {
  const [floor = 0, ...levels] = await browser.listen([2111, ...tones]);
  return levels.map((level) => level - floor > CLEARLY);
}

async function dialIn(extension = '1003'): Promise<Baresip> {
  const phone = await phones.start(extension, { tone: PHONE });
  phone.dial(carillon.demo.room.extension);
  await phone.seen('CALL_ESTABLISHED');
  await sleep(2500);
  await phone.press(`${carillon.demo.room.pin}#`);
  return phone;
}

beforeAll(async () => {
  carillon = await Carillon.start();
  [alice, bob] = await Promise.all([TestBrowser.start({ tone: ALICE }), TestBrowser.start({ tone: BOB })]);
  await alice.login(carillon, '1001');
  await bob.login(carillon, '1002');
  await join(alice);
  await join(bob);
});
afterEach(async () => {
  await phones.stopAll();
  await Promise.all(guests.splice(0).map((guest) => guest.stop()));
});
afterAll(async () => {
  await Promise.all([alice?.stop(), bob?.stop()]);
  await carillon?.remove();
});

describe('the meeting room', () => {
  it('lets two browsers see and hear each other', async () => {
    await alice.page.getByTestId('participant-Bob Baker').waitFor();
    await bob.page.getByTestId('participant-Alice Archer').waitFor();
    await until(
      'sound both ways',
      async () => {
        const [atAlice, atBob] = await Promise.all([hears(alice, [BOB]), hears(bob, [ALICE])]);
        return atAlice[0] === true && atBob[0] === true;
      },
      { timeoutMs: 40_000 },
    );
    for (const browser of [alice, bob])
      await until(
        'two moving pictures',
        async () => (await browser.playingVideos()).filter((width) => width > 0).length >= 2,
        {
          timeoutMs: 40_000,
        },
      );
    expect(alice.problems).toEqual([]);
    expect(bob.problems).toEqual([]);
  });

  it('shows who is speaking', async () => {
    await alice.page.locator('[data-testid="participant-Bob Baker"][data-speaking="true"]').waitFor();
  });

  it('hears one whose microphone opened only after going in', async () => {
    const dave = await TestBrowser.start({ tone: LATE, microphoneAfterMs: 4000 });
    guests.push(dave);
    await dave.login(carillon, '1004');
    await join(dave);
    await dave.page.getByRole('button', { name: 'Unmute microphone' }).waitFor();
    await until('Dave to be heard', async () => (await hears(alice, [LATE]))[0]);
    await dave.page.getByRole('button', { name: 'Mute microphone', exact: true }).waitFor();
    expect(await alice.page.getByTestId('participant-Dave Draper').getAttribute('aria-label')).not.toContain('muted');
    await dave.page.getByRole('button', { name: 'Leave' }).click();
    await alice.page.getByTestId('participant-Dave Draper').waitFor({ state: 'detached' });
  });

  it('takes a phone in as an equal: it hears both, both hear it, and all list it', async () => {
    const phone = await dialIn();
    await alice.page.getByTestId('participant-Carol Chandler').waitFor();
    await bob.page.getByTestId('participant-Carol Chandler').waitFor();
    await until(
      'the phone to be heard',
      async () => {
        const [atAlice, atBob] = await Promise.all([hears(alice, [PHONE, BOB]), hears(bob, [PHONE, ALICE])]);
        return [...atAlice, ...atBob].every(Boolean);
      },
      { timeoutMs: 40_000 },
    );
    await Promise.all([phone.hears(ALICE, 3, 0.1), phone.hears(BOB, 3, 0.1)]);
    phone.hangUp();
    await phone.seen('CALL_CLOSED');
    expect(measureTone(phone.heard(), PHONE, 0.1).seconds).toBeLessThan(0.5);
    await alice.page.getByTestId('participant-Carol Chandler').waitFor({ state: 'detached' });
  });

  it('refuses a wrong PIN', async () => {
    const phone = await phones.start('1004', { tone: PHONE });
    phone.dial(carillon.demo.room.extension);
    await phone.seen('CALL_ESTABLISHED');
    await sleep(2500);
    const wrong = carillon.demo.room.pin === '000000' ? '111111' : '000000';
    for (let attempt = 0; attempt < 3 && phone.count('CALL_CLOSED') === 0; attempt++) {
      await phone.press(`${wrong}#`);
      await sleep(4500);
    }
    await phone.seen('CALL_CLOSED', { timeoutMs: 30_000 });
    expect(await alice.page.getByTestId('participant-Dave Draper').count()).toBe(0);
  });

  it('mutes: oneself in the browser, and a phone by its own keys and by the host', async () => {
    const phone = await dialIn();
    await until('the phone to be heard', async () => (await hears(alice, [PHONE]))[0], { timeoutMs: 40_000 });
    await bob.page.getByRole('button', { name: 'Mute microphone', exact: true }).click();
    await until('silence from Bob', async () => (await hears(alice, [BOB]))[0] === false);
    await bob.page.getByRole('button', { name: 'Unmute microphone' }).click();
    await until('Bob again', async () => (await hears(alice, [BOB]))[0]);
    await phone.press('*6');
    await until('silence from the phone', async () => (await hears(alice, [PHONE]))[0] === false);
    await phone.press('*6');
    await until('the phone again', async () => (await hears(alice, [PHONE]))[0]);
    await alice.page.getByRole('button', { name: /^Participants/ }).click();
    await alice.page.getByRole('button', { name: 'More for Carol Chandler' }).click();
    await alice.page.getByRole('menuitem', { name: /mute/i }).click();
    await until('silence from the phone', async () => (await hears(bob, [PHONE]))[0] === false);
    await alice.page.getByRole('button', { name: 'Close the participant list' }).click();
  });

  it('keeps a guest in the lobby, deaf and unheard, until the host lets them in', async () => {
    const portal = await portalOf(carillon, '1001');
    const rooms = await portal.do<{ guestUrl: string | null; extension: string }[]>('GET', '/api/rooms');
    const guestUrl = rooms.find((room) => room.extension === carillon.demo.room.extension)?.guestUrl;
    if (guestUrl === null || guestUrl === undefined) throw new Error('The room has no guest link');
    const guest = await TestBrowser.start({ tone: GUEST });
    guests.push(guest);
    await guest.page.goto(guestUrl);
    await guest.page.getByLabel('Your name').fill('Grace Guest');
    await guest.page.getByRole('button', { name: 'Ask to join' }).click();
    await guest.page.getByText('You are in the lobby').waitFor();
    expect(await hears(guest, [ALICE, BOB])).toEqual([false, false]);
    expect(await hears(alice, [GUEST])).toEqual([false]);
    expect(await guest.page.getByTestId('participant-Alice Archer').count()).toBe(0);
    await alice.page.getByRole('button', { name: 'Admit Grace Guest' }).first().click();
    await guest.page.getByTestId('participant-Alice Archer').waitFor();
    await until(
      'the guest and the others to hear each other',
      async () => {
        const [atGuest, atAlice] = await Promise.all([hears(guest, [ALICE, BOB]), hears(alice, [GUEST])]);
        return [...atGuest, ...atAlice].every(Boolean);
      },
      { timeoutMs: 40_000 },
    );
    await guest.page.getByRole('button', { name: 'Leave' }).click();
    await alice.page.getByTestId('participant-Grace Guest').waitFor({ state: 'detached' });
  });

  it('shows a shared screen to the others', async () => {
    await alice.page.getByRole('button', { name: 'Share screen' }).click();
    await bob.page.getByTestId('shared-screen').waitFor();
    await until(
      'the screen to play',
      async () => (await bob.playingVideos()).filter((width) => width > 0).length >= 3,
      {
        timeoutMs: 40_000,
      },
    );
    await alice.page.getByRole('button', { name: 'Stop sharing your screen' }).click();
    await bob.page.getByTestId('shared-screen').waitFor({ state: 'detached' });
  });

  it('lets one leave, and the others see it', async () => {
    await bob.page.getByRole('button', { name: 'Leave' }).click();
    await alice.page.getByTestId('participant-Bob Baker').waitFor({ state: 'detached' });
    expect(alice.problems).toEqual([]);
  });
});
