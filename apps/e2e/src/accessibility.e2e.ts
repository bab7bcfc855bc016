import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBarriers } from './harness/accessibility.js';
import { TestBrowser } from './harness/browser.js';
import { adminOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';
import { sleep } from './harness/wait.js';

let carillon: Carillon;
let admin: TestBrowser;
let staff: TestBrowser;
const phones = new Phones(() => carillon);

/** The call in progress goes on through all tests, however long a busy machine takes for them. */
const WHOLE_FILE_SECONDS = 1800;

/** A page that shows a voicemail, a call in the history and a call in progress is worth more than an empty one. */
async function makeTraffic(): Promise<void> {
  const bob = await phones.start('1002', { tone: 440, toneSeconds: WHOLE_FILE_SECONDS });
  bob.dial('1001');
  await bob.seen('CALL_ESTABLISHED');
  await bob.hearsBeep();
  await sleep(3000);
  bob.hangUp();
  await phones.start('1003', { tone: 700, toneSeconds: WHOLE_FILE_SECONDS });
  bob.dial('1003');
  await bob.seen('CALL_ESTABLISHED', { count: 2 });
}

beforeAll(async () => {
  carillon = await Carillon.start();
  await makeTraffic();
  admin = await TestBrowser.start({ tone: 440 });
  staff = await TestBrowser.start({ tone: 700 });
});
afterAll(async () => {
  await phones.stopAll();
  await Promise.all([admin?.stop(), staff?.stop()]);
  await carillon?.remove();
});

/** Each page has its name, its address, and a text that says that it is there. */
type Pages = readonly (readonly [name: string, path: string, sign: string])[];

/** One test for each page. @param browser who looks at it; there is none yet when the tests are told */
function lookAt(pages: Pages, browser: () => TestBrowser): void {
  it.each(pages)('on %s', async (_name, path, sign) => {
    const { page } = browser();
    await page.goto(carillon.httpUrl + path);
    await page.getByText(sign).first().waitFor();
    expect(await findBarriers(page)).toEqual([]);
  });
}

describe('in light and dark, axe-core finds nothing serious', () => {
  it('on log-in', async () => {
    await Promise.all([admin.forgetLogin(), staff.forgetLogin()]);
    await admin.page.goto(`${carillon.httpUrl}/login`);
    await admin.page.getByLabel(/e-?mail/i).waitFor();
    expect(await findBarriers(admin.page)).toEqual([]);
    const { email, password } = carillon.demo.portal.admin;
    await admin.loginAs(carillon, email, password);
    await staff.login(carillon, '1001');
  });

  it('on the first log-in', async () => {
    await admin.page.getByRole('heading', { name: 'Choose your password' }).waitFor();
    expect(await findBarriers(admin.page)).toEqual([]);
    await admin.page.getByRole('button', { name: 'Keep the generated one' }).click();
    await admin.page.getByRole('navigation').first().waitFor();
  });

  lookAt(
    [
      ['overview', '/admin', 'Registered devices'],
      ['users', '/admin/users', 'Alice Archer'],
      ['add user', '/admin/users?new=1', 'First phone'],
      ['groups', '/admin/groups', '1100'],
      ['IVR menus', '/admin/menus', 'Reception'],
      ['rooms', '/admin/rooms', '1300'],
      ['trunks', '/admin/trunks', 'No trunks yet'],
      ['a trunk that is gone', '/admin/trunks/01990000-0000-7000-8000-000000000001', 'This trunk is not there'],
      ['live calls', '/admin/calls', 'Carol'],
      ['history', '/admin/history', '1001'],
      ['registrations', '/admin/registrations', '1002'],
      ['SIP', '/admin/sip', 'Both sides of every call'],
      ['security', '/admin/security', 'Nobody is banned'],
      ['diagnostics', '/admin/diagnostics', 'Homer'],
      ['audit', '/admin/audit', 'Audit'],
    ],
    () => admin,
  );

  it('on a call, and on its ladder, as a diagram and as a list', async () => {
    const portal = await adminOf(carillon);
    const { calls } = await portal.do<{ calls: { callId: string }[] }>('GET', '/api/admin/calls?limit=1');
    await admin.page.goto(`${carillon.httpUrl}/admin/history/${calls[0]?.callId}`);
    await admin.page.getByRole('heading', { name: 'Who took part' }).waitFor();
    expect(await findBarriers(admin.page)).toEqual([]);
    await admin.page.goto(`${carillon.httpUrl}/admin/ladders/${calls[0]?.callId}`);
    const diagram = admin.page.getByRole('group', { name: /^Ladder diagram/ });
    await diagram
      .getByRole('button', { name: /^INVITE/ })
      .first()
      .focus();
    await admin.page.keyboard.press('Enter');
    await admin.page.getByRole('heading', { name: 'INVITE' }).waitFor();
    await admin.page.keyboard.press('ArrowDown');
    await admin.page.getByRole('heading', { name: '401 Unauthorized' }).waitFor();
    expect(await findBarriers(admin.page)).toEqual([]);
    await admin.page.getByText('List', { exact: true }).click();
    await admin.page.getByRole('list', { name: 'Messages and decisions' }).waitFor();
    expect(await findBarriers(admin.page)).toEqual([]);
  });

  it('on the form of a trunk, which warns of keys that others read and takes TLS; wide and narrow', async () => {
    const { page } = admin;
    const name = `City line ${Date.now()}`;
    await page.goto(`${carillon.httpUrl}/admin/trunks`);
    await page.getByRole('button', { name: 'Add trunk' }).first().click();
    await page.getByLabel(/^Name/).fill(name);
    await page.getByLabel(/Domain or address/).fill('127.0.0.1');
    await page.getByLabel('Sound is encrypted').first().click();
    await page.getByRole('option', { name: 'SRTP always' }).click();
    const warning = page.getByText('Keys can be read on the way');
    await warning.waitFor();
    try {
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 844 });
        await warning.scrollIntoViewIfNeeded();
        expect(await findBarriers(page), `${width} pixels`).toEqual([]);
      }
    } finally {
      await page.setViewportSize({ width: 1280, height: 800 });
    }
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/Its keys need TLS/).waitFor();
    await page.getByLabel('Transport').first().click();
    await page.getByRole('option', { name: 'TLS' }).click();
    await warning.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(`${name} is saved.`).waitFor();
    expect(admin.problems).toEqual([]);
  });

  it('on one user and on the editor of a menu', async () => {
    const portal = await adminOf(carillon);
    const [user] = await portal.do<{ userId: string }[]>('GET', '/api/admin/users');
    const [menu] = await portal.do<{ ivrMenuId: string }[]>('GET', '/api/admin/ivr-menus');
    for (const path of [`/admin/users/${user?.userId}`, `/admin/menus/${menu?.ivrMenuId}`]) {
      await admin.page.goto(carillon.httpUrl + path);
      await admin.page.getByRole('button', { name: 'Save' }).first().waitFor();
      expect(await findBarriers(admin.page), path).toEqual([]);
    }
  });

  lookAt(
    [
      ['phone', '/phone', 'Bob Baker'],
      ['chat', '/chat', 'Chat'],
      ['voicemail', '/voicemail', 'Bob Baker'],
      ['meetings', '/meetings', 'Meetings'],
      ['account', '/account', 'Current password'],
      ['a page of administrators', '/admin/history', 'This page is for administrators'],
    ],
    () => staff,
  );

  it('before joining a meeting, and in it', async () => {
    await staff.page.goto(carillon.demo.room.url);
    const join = staff.page.getByRole('button', { name: 'Join now' });
    await join.waitFor();
    expect(await findBarriers(staff.page)).toEqual([]);
    await join.click();
    await staff.page.getByLabel('Meeting controls').waitFor();
    expect(await findBarriers(staff.page)).toEqual([]);
  });
});
