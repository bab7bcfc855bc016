import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Baresip } from './harness/baresip.js';
import { TestBrowser } from './harness/browser.js';
import { adminOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';
import type { Portal } from './harness/portal.js';
import { until } from './harness/wait.js';

const CHOSEN_PASSWORD = 'bells over the water at noon';

let carillon: Carillon;
let portal: Portal;
let browser: TestBrowser;
/** Nobody has it yet, also where a test is tried again. */
let nextExtension = 1060;
const phones = new Phones(() => carillon);
const extras: Baresip[] = [];

beforeAll(async () => {
  carillon = await Carillon.start();
  portal = await adminOf(carillon);
  // So that it is not asked for at each log-in.
  await portal.do('POST', '/api/me/password/keep');
  browser = await TestBrowser.start({ tone: 440 });
});
beforeEach(async () => {
  nextExtension += 10;
  await browser.forgetLogin();
});
afterEach(async () => {
  await Promise.all(extras.splice(0).map((phone) => phone.stop()));
  await phones.stopAll();
});
afterAll(async () => {
  await browser?.stop();
  await carillon?.remove();
});

async function loginAsAdmin(): Promise<void> {
  const { email, password } = carillon.demo.portal.admin;
  await browser.loginAs(carillon, email, password);
}

/** The question's own button, after the one that asks it. */
async function confirmed(button: string, verb: string): Promise<void> {
  await browser.page.getByRole('button', { name: button, exact: true }).click();
  await browser.page.getByRole('dialog').getByRole('button', { name: verb, exact: true }).click();
}

describe('an admin in the browser', () => {
  it('is offered a password of their own at the first log-in, and logs in with it from then on', async () => {
    const { page } = browser;
    const email = `ada${nextExtension}@example.org`;
    const made = await portal.do<{ generatedPassword: string }>('POST', '/api/admin/users', {
      ...{ email, displayName: 'Ada Lovelace', role: 'admin' },
    });
    const password = made.generatedPassword;
    await browser.loginAs(carillon, email, password);
    await page.getByRole('heading', { name: 'Choose your password' }).waitFor();
    await page.getByLabel('Current password').fill(password);
    await page.getByLabel('New password', { exact: true }).fill(CHOSEN_PASSWORD);
    await page.getByLabel('New password again').fill(CHOSEN_PASSWORD);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByRole('heading', { name: 'Phone' }).waitFor();
    const log = await fetch(`${carillon.httpUrl}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: carillon.httpUrl },
      body: JSON.stringify({ email, password: CHOSEN_PASSWORD }),
    });
    expect(log.status).toBeLessThan(300);
    expect(((await log.json()) as { mustChangePassword: boolean }).mustChangePassword).toBe(false);
  });

  it('adds a user, sees the credentials once, and watches their first call come and go', async () => {
    const { page } = browser;
    const name = `Grace Hopper ${nextExtension}`;
    await loginAsAdmin();
    await page.goto(`${carillon.httpUrl}/admin/users`);
    await page.getByRole('button', { name: 'Add user' }).first().click();
    const drawer = page.getByRole('dialog');
    await drawer.getByLabel('Name').first().fill(name);
    await drawer.getByLabel('E-mail address').fill(`grace${nextExtension}@example.org`);
    await drawer.getByLabel('Extension').fill(String(nextExtension));
    await drawer.getByRole('button', { name: 'Add user' }).click();
    const read = (field: string): Promise<string> => page.getByTestId(`credential-${field}`).innerText();
    await page.getByTestId('device-credentials').waitFor();
    const [user, password, domain] = await Promise.all([read('sip-username'), read('sip-password'), read('domain')]);
    await drawer.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('link', { name }).waitFor();
    expect(await page.content()).not.toContain(password);

    const phone = await Baresip.start({
      user,
      password,
      domain,
      serverPort: carillon.demo.sip.udpPort,
      tone: 500,
    });
    extras.push(phone);
    await page
      .getByRole('row', { name: new RegExp(name) })
      .getByText('1 of 1 registered')
      .waitFor();
    const bob = await phones.start('1002', { tone: 700 });
    await page.goto(`${carillon.httpUrl}/admin/calls`);
    await page.getByText('No calls at the moment').waitFor();
    phone.dial('1002');
    const row = page.locator('[data-testid^="live-call-"]');
    await row.filter({ hasText: name }).filter({ hasText: 'Bob Baker' }).waitFor();
    await bob.seen('CALL_ESTABLISHED');
    phone.hangUp();
    await page.getByText('No calls at the moment').waitFor();
    await page.goto(`${carillon.httpUrl}/admin/history`);
    await page.getByText(name).first().waitFor();
  });

  it('edits, disables and deletes a user', async () => {
    const { page } = browser;
    const [name, changed] = [`Mary Somerville ${nextExtension}`, `Mary F. Somerville ${nextExtension}`];
    await portal.do('POST', '/api/admin/users', {
      ...{ email: `mary${nextExtension}@example.org`, displayName: name, extension: String(nextExtension) },
    });
    await loginAsAdmin();
    await page.goto(`${carillon.httpUrl}/admin/users`);
    await page.getByRole('link', { name }).click();
    await page.getByLabel('Name').first().fill(changed);
    await page.getByLabel('Extension').fill(String(nextExtension + 1));
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The changes are saved.').waitFor();
    await page.getByRole('heading', { name: changed }).waitFor();

    await confirmed('Disable user', 'Disable');
    await page.getByRole('button', { name: 'Enable user' }).waitFor();
    await page.getByText('Disabled', { exact: true }).waitFor();

    await confirmed('Delete user', 'Delete user');
    await page.waitForURL('**/admin/users');
    await until(
      'the list without her',
      async () =>
        (await page.getByRole('link', { name: 'Alice Archer' }).count()) > 0 &&
        (await page.getByRole('link', { name: changed }).count()) === 0,
    );
    expect(browser.problems).toEqual([]);
  });

  it('finds a call at an address of its own: Back closes it, it can be reloaded and sent, staff are told that it is not theirs', async () => {
    const { page } = browser;
    const alice = await phones.start('1001', { tone: 440 });
    alice.dial('*43');
    await alice.seen('CALL_ESTABLISHED');
    alice.hangUp();
    const list = `${carillon.httpUrl}/admin/history`;
    await loginAsAdmin();
    await page.goto(list);
    const detail = page.getByRole('dialog', { name: /^Alice Archer to / });
    const row = page.getByRole('row', { name: /Alice Archer/ }).first();
    await row.getByRole('link').click();
    await detail.waitFor();
    const address = page.url();
    expect(address).toMatch(/\/admin\/history\/[\da-f-]{36}$/);
    await page.reload();
    await detail.waitFor();
    await page.goBack();
    await detail.waitFor({ state: 'detached' });
    expect(page.url()).toBe(list);

    const tab = await page.context().newPage();
    try {
      await tab.goto(address);
      const sent = tab.getByRole('dialog', { name: /^Alice Archer to / });
      await sent.getByRole('link', { name: /ladder/ }).click();
      await tab
        .getByRole('button', { name: /^INVITE, / })
        .first()
        .click();
      await tab.getByRole('heading', { name: 'INVITE' }).waitFor();
      expect(new URL(tab.url()).search).toBe('?message=1');
      await tab.goBack();
      await tab.getByRole('heading', { name: 'INVITE' }).waitFor({ state: 'detached' });
      await tab.goBack();
      await sent.getByRole('button', { name: 'Close' }).click();
      await sent.waitFor({ state: 'detached' });
      expect(tab.url()).toBe(list);
    } finally {
      await tab.close();
    }

    await browser.forgetLogin();
    await browser.login(carillon, '1002');
    await page.goto(address);
    await page.getByRole('heading', { name: 'This page is for administrators' }).waitFor();
    expect(browser.problems).toEqual([]);
  });
});
