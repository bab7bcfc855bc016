import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestBrowser } from './harness/browser.js';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';

let carillon: Carillon;
let alice: TestBrowser;
let bob: TestBrowser;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  carillon = await Carillon.start();
  [alice, bob] = await Promise.all([TestBrowser.start({ tone: 440 }), TestBrowser.start({ tone: 700 })]);
  await Promise.all([alice.login(carillon, '1001'), bob.login(carillon, '1002')]);
});
afterEach(() => phones.stopAll());
afterAll(async () => {
  await Promise.all([alice?.stop(), bob?.stop()]);
  await carillon?.remove();
});

describe('two staff in the web app', () => {
  it('exchange chat messages, with unread counts, typing and history', async () => {
    await alice.page.goto(`${carillon.httpUrl}/chat`);
    await bob.page.goto(`${carillon.httpUrl}/phone`);
    await alice.page.getByRole('button', { name: 'New conversation' }).first().click();
    await alice.page.getByPlaceholder('Name or extension').fill('Bob');
    await alice.page.getByRole('option', { name: /Bob Baker/ }).click();
    await alice.page.getByRole('button', { name: 'Start' }).click();
    const box = alice.page.getByLabel('Message to Bob Baker');
    await box.fill('Are you in today?');
    await box.press('Enter');
    await alice.page.getByLabel('Messages').getByText('Are you in today?').waitFor();

    await bob.page
      .getByRole('link', { name: /Chat.*1 unread/ })
      .first()
      .waitFor();
    await bob.page.goto(`${carillon.httpUrl}/chat`);
    await bob.page.getByRole('link', { name: /Alice Archer/ }).click();
    await bob.page.getByLabel('Messages').getByText('Are you in today?').waitFor();

    const answer = bob.page.getByLabel('Message to Alice Archer');
    await answer.pressSequentially('Yes, until five', { delay: 60 });
    await alice.page
      .getByText(/typing/i)
      .first()
      .waitFor();
    await answer.press('Enter');
    await alice.page.getByLabel('Messages').getByText('Yes, until five').waitFor();

    await alice.page.reload();
    const history = alice.page.getByLabel('Messages');
    await history.getByText('Are you in today?').waitFor();
    await history.getByText('Yes, until five').waitFor();
    await bob.page.reload();
    await bob.page.getByLabel('Messages').getByText('Yes, until five').waitFor();
    expect(await bob.page.getByRole('link', { name: /unread/ }).count()).toBe(0);
  });

  it('keep what was acknowledged over kill -9, and go on by themselves', async () => {
    const box = alice.page.getByLabel('Message to Bob Baker');
    await box.fill('Before the crash');
    await box.press('Enter');
    await bob.page.getByLabel('Messages').getByText('Before the crash').waitFor();
    await carillon.end('SIGKILL');
    await carillon.run();
    await alice.page.reload();
    await alice.page.getByLabel('Messages').getByText('Before the crash').waitFor();
    await box.fill('After the crash');
    await box.press('Enter');
    await bob.page.getByLabel('Messages').getByText('After the crash').waitFor({ timeout: 60_000 });
  });

  it('see each other available, and in a call while a real call lasts', async () => {
    await bob.page.goto(`${carillon.httpUrl}/phone`);
    const row = bob.page.getByRole('listitem').filter({ hasText: 'Alice Archer' }).first();
    await row.getByRole('img', { name: 'Available' }).waitFor();
    const desk = await phones.start('1001', { tone: 440 });
    const other = await phones.start('1003', { tone: 700 });
    desk.dial('1003');
    await other.seen('CALL_ESTABLISHED');
    await row.getByRole('img', { name: 'In a call' }).waitFor();
    desk.hangUp();
    await row.getByRole('img', { name: 'Available' }).waitFor();
  });
});
