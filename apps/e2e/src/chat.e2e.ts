import { randomUUID } from 'node:crypto';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestBrowser } from './harness/browser.js';
import { portalOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';
import { until } from './harness/wait.js';

let carillon: Carillon;
let alice: TestBrowser;
let bob: TestBrowser;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  carillon = await Carillon.start();
  [alice, bob] = await Promise.all([TestBrowser.start({ tone: 440 }), TestBrowser.start({ tone: 700 })]);
  await Promise.all([alice.login(carillon, '1001'), bob.login(carillon, '1002')]);
});
afterEach(async () => {
  await phones.stopAll();
  await carillon.revive();
});
afterAll(async () => {
  await Promise.all([alice?.stop(), bob?.stop()]);
  await carillon?.remove();
});

/** What is written in one try is not found again in the next. */
const anew = (text: string): string => `${text} (${randomUUID().slice(0, 8)})`;

/** Alice looks at her chat with Bob. @returns where she writes */
async function chatWithBob(): Promise<Locator> {
  const { page } = alice;
  await page.goto(`${carillon.httpUrl}/chat`);
  await page.getByRole('button', { name: 'New conversation' }).first().click();
  await page.getByPlaceholder('Name or extension').fill('Bob');
  await page.getByRole('option', { name: /Bob Baker/ }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  return page.getByLabel('Message to Bob Baker');
}

/** Bob looks at his chat with Alice, until he has read a text and the server knows it. */
async function readByBob(text: string): Promise<void> {
  await bob.page.goto(`${carillon.httpUrl}/chat`);
  await bob.page.getByRole('link', { name: /Alice Archer/ }).click();
  await bob.page.getByLabel('Messages').getByText(text).waitFor();
  const portal = await portalOf(carillon, '1002');
  await until('all to be read', async () => {
    const conversations = await portal.do<{ unread: number }[]>('GET', '/api/conversations');
    return conversations.every(({ unread }) => unread === 0);
  });
}

describe('two staff in the web app', () => {
  it('exchange chat messages, with unread counts, typing and history', async () => {
    const greeting = anew('Good morning');
    const question = anew('Are you in today?');
    const reply = anew('Yes, until five');
    const box = await chatWithBob();
    await box.fill(greeting);
    await box.press('Enter');
    // And whatever there was before.
    await readByBob(greeting);
    await bob.page.goto(`${carillon.httpUrl}/phone`);
    await chatWithBob();
    await box.fill(question);
    await box.press('Enter');
    await alice.page.getByLabel('Messages').getByText(question).waitFor();

    await bob.page
      .getByRole('link', { name: /Chat.*1 unread/ })
      .first()
      .waitFor();
    await readByBob(question);
    const answer = bob.page.getByLabel('Message to Alice Archer');
    await answer.pressSequentially(reply, { delay: 60 });
    await alice.page
      .getByText(/typing/i)
      .first()
      .waitFor();
    await answer.press('Enter');
    await alice.page.getByLabel('Messages').getByText(reply).waitFor();

    await alice.page.reload();
    const history = alice.page.getByLabel('Messages');
    await history.getByText(question).waitFor();
    await history.getByText(reply).waitFor();
    await bob.page.reload();
    await bob.page.getByLabel('Messages').getByText(reply).waitFor();
    expect(await bob.page.getByRole('link', { name: /unread/ }).count()).toBe(0);
  });

  it('keep what was acknowledged over kill -9, and go on by themselves', async () => {
    const [before, after] = [anew('Before the crash'), anew('After the crash')];
    const box = await chatWithBob();
    await box.fill(before);
    await box.press('Enter');
    await readByBob(before);
    await carillon.end('SIGKILL');
    await carillon.run();
    await alice.page.reload();
    await alice.page.getByLabel('Messages').getByText(before).waitFor();
    await box.fill(after);
    await box.press('Enter');
    await bob.page.getByLabel('Messages').getByText(after).waitFor({ timeout: 60_000 });
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
