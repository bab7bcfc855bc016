import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestBrowser } from './harness/browser.js';
import { adminOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { Portal } from './harness/portal.js';
import { until } from './harness/wait.js';

const GRACE = { email: 'grace@example.org', password: 'bells over the water at noon' };

let carillon: Carillon;
let portal: Portal;
let browser: TestBrowser;
/** Two administrators, each in a browser of their own: cookies and caches apart. */
let [ada, grace]: Page[] = [];
let round = 0;
const problems: string[] = [];

beforeAll(async () => {
  carillon = await Carillon.start();
  portal = await adminOf(carillon);
  await portal.do('POST', '/api/me/password/keep');
  await portal.do('POST', '/api/admin/users', { ...GRACE, displayName: 'Grace Hopper', role: 'admin' });
  const second = await Portal.login(carillon.httpUrl, GRACE.email, GRACE.password);
  await second.do('POST', '/api/me/password/keep');

  browser = await TestBrowser.start({ tone: 440 });
  const { email, password } = carillon.demo.portal.admin;
  await browser.loginAs(carillon, email, password);
  ada = browser.page;
  const context = await ada
    .context()
    .browser()
    ?.newContext({ viewport: { width: 1280, height: 800 } });
  grace = await context?.newPage();
  if (grace === undefined) throw new Error('There is no second context');
  grace.on('pageerror', (error) => problems.push(error.message));
  await grace.goto(carillon.httpUrl);
  await grace.getByLabel(/e-?mail/i).fill(GRACE.email);
  await grace.getByLabel(/^password/i).fill(GRACE.password);
  await grace.getByRole('button', { name: /log in/i }).click();
  await grace.waitForURL((url) => !url.pathname.startsWith('/login'));
});
beforeEach(() => {
  round += 1;
});
afterAll(async () => {
  await grace?.context().close();
  await browser?.stop();
  await carillon?.remove();
});

function both(): readonly [Page, Page] {
  if (ada === undefined || grace === undefined) throw new Error('Nobody is logged in');
  return [ada, grace];
}

/** Both open what is at an address. @returns the two drawers */
async function openBoth(path: string, title: string | RegExp) {
  const drawers = both().map((page) => page.getByRole('dialog', { name: title }));
  await Promise.all(both().map((page) => page.goto(carillon.httpUrl + path)));
  await Promise.all(drawers.map((drawer) => drawer.waitFor()));
  const [first, second] = drawers;
  if (first === undefined || second === undefined) throw new Error('Two drawers were opened');
  return [first, second] as const;
}

describe('two administrators who edit the same at once', () => {
  it('keep the changes of both to a trunk: what one saves shows in the form of the other, whose own edits stay', async () => {
    const name = `City line ${round} ${Date.now()}`;
    const { trunkId } = await portal.do<{ trunkId: string }>('POST', '/api/admin/trunks', { name, host: '127.0.0.1' });
    const [first, second] = await openBoth(`/admin/trunks/${trunkId}`, `Edit ${name}`);
    await second.getByLabel('Calls at once').fill('7');

    await first.getByLabel('Main number').fill('+493012345');
    await first.getByRole('button', { name: 'Save' }).click();
    await first.waitFor({ state: 'detached' });

    await until(
      "the other's number",
      async () => (await second.getByLabel('Main number').inputValue()) === '+493012345',
    );
    expect(await second.getByLabel('Calls at once').inputValue()).toBe('7');
    await second.getByRole('button', { name: 'Save' }).click();
    await second.waitFor({ state: 'detached' });
    const trunks = await portal.do<{ trunkId: string }[]>('GET', '/api/admin/trunks');
    expect(trunks.find((one) => one.trunkId === trunkId)).toMatchObject({ callerNumber: '+493012345', maxCalls: 7 });
  });

  it('keep the changes of both to a room, and each is in the audit with who made it', async () => {
    const name = `Board ${round} ${Date.now()}`;
    const { roomId } = await portal.do<{ roomId: string }>('POST', '/api/admin/rooms', {
      ...{ name, extension: null, pin: null },
    });
    const [first, second] = await openBoth(`/admin/rooms/${roomId}`, `Edit ${name}`);
    await first.getByLabel('PIN for phones').fill('4711');
    await second.getByLabel('Lobby').uncheck();
    await second.getByRole('button', { name: 'Save' }).click();
    await second.waitFor({ state: 'detached' });
    await until('no lobby', async () => !(await first.getByLabel('Lobby').isChecked()));
    expect(await first.getByLabel('PIN for phones').inputValue()).toBe('4711');
    await first.getByRole('button', { name: 'Save' }).click();
    await first.waitFor({ state: 'detached' });
    const rooms = await portal.do<{ roomId: string }[]>('GET', '/api/admin/rooms');
    expect(rooms.find((one) => one.roomId === roomId)).toMatchObject({ pin: '4711', lobby: false });
    const { entries } = await portal.do<{ entries: { actorName: string; action: string; target: string }[] }>(
      'GET',
      '/api/admin/audit',
    );
    const changes = entries.filter(({ action, target }) => action === 'room.updated' && target === name);
    expect(changes.map(({ actorName }) => actorName)).toEqual(['Administrator', 'Grace Hopper']);
  });

  it('keep the profile that one adds while the other edits one, and a late save does not close what was opened since', async () => {
    const [first, second] = both();
    const [edited, added] = [`Hall ${round}`, `Lobby ${round}`];
    const { own } = await portal.do<{ own: object[] }>('GET', '/api/admin/device-profiles');
    const quirks = {
      ...{ digest: 'md5-first', reliableProvisional: true, sessionTimer: true, callerIdentity: 'asserted' },
      ...{ mediaEncryption: 'auto', sips: 'every-hop' },
    };
    await portal.do('PUT', '/api/admin/device-profiles', {
      profiles: [...own, { name: edited, userAgent: `Hall/${round}`, quirks }],
    });
    await Promise.all(both().map((page) => page.goto(`${carillon.httpUrl}/admin/sip`)));
    await first.getByRole('button', { name: `Edit ${edited}`, exact: true }).click();
    await first.getByRole('dialog').getByLabel('Session timers').waitFor();

    await second.getByRole('button', { name: 'Add profile' }).click();
    await second.getByRole('dialog').getByLabel('Name').fill(added);
    await second.getByRole('dialog').getByLabel('User-Agent contains').fill(`Lobby/${round}`);
    await second.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await second.getByRole('dialog').waitFor({ state: 'detached' });
    await second.getByRole('button', { name: `Edit ${added}`, exact: true }).waitFor();

    // The answer comes when its drawer is closed and another one is open.
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((settle) => {
      answer = settle;
    });
    await first.route('**/api/admin/device-profiles', async (route) => {
      if (route.request().method() === 'PUT') await answered;
      await route.continue();
    });
    await first.getByRole('dialog').getByLabel('Session timers').uncheck();
    const saved = first.waitForResponse((response) => response.request().method() === 'PUT');
    await first.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await first.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await first.getByRole('dialog').waitFor({ state: 'detached' });
    await first.getByRole('button', { name: `Edit ${added}`, exact: true }).click();
    await first.getByRole('dialog', { name: `Edit ${added}` }).waitFor();
    answer();
    await saved;
    await first.getByText(/It counts from the next message/).waitFor();
    expect(await first.getByRole('dialog', { name: `Edit ${added}` }).isVisible()).toBe(true);
    await first.unroute('**/api/admin/device-profiles');

    const after = await portal.do<{ own: { name: string; quirks: { sessionTimer: boolean } }[] }>(
      'GET',
      '/api/admin/device-profiles',
    );
    const mine = after.own.filter(({ name }) => name === edited || name === added);
    expect(mine.map(({ name, quirks: { sessionTimer } }) => [name, sessionTimer])).toEqual([
      [edited, false],
      [added, true],
    ]);
  });

  it('are told where the other has deleted what they edit, and lose nothing that they have entered', async () => {
    const name = `Old line ${round} ${Date.now()}`;
    const { trunkId } = await portal.do<{ trunkId: string }>('POST', '/api/admin/trunks', { name, host: '127.0.0.1' });
    const [first, second] = await openBoth(`/admin/trunks/${trunkId}`, `Edit ${name}`);
    await first.getByLabel('Main number').fill('+493012345');
    await second
      .getByRole('button', { name: 'Close' })
      .or(second.getByRole('button', { name: 'Cancel' }))
      .last()
      .click();
    await second.waitFor({ state: 'detached' });
    const [, page] = both();
    await page.getByRole('button', { name: `Delete ${name}`, exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText(`${name} was deleted.`).waitFor();
    await first.getByRole('button', { name: 'Save' }).click();
    await both()[0].getByText('There is no such trunk').waitFor();
    expect(await first.getByLabel('Main number').inputValue()).toBe('+493012345');
    expect([...browser.problems, ...problems]).toEqual([]);
  });
});
