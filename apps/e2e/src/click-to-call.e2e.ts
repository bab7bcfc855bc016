import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestBrowser } from './harness/browser.js';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';
import { sleep } from './harness/wait.js';

let carillon: Carillon;
let browser: TestBrowser;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  carillon = await Carillon.start();
  browser = await TestBrowser.start({ tone: 1000 });
  await browser.login(carillon, '1001');
});
afterEach(() => phones.stopAll());
afterAll(async () => {
  await browser?.stop();
  await carillon?.remove();
});

describe('a number called from the Phone page', () => {
  it("rings the user's own desk phone, then the other one; both talk, and the page hangs up", async () => {
    const desk = await phones.start('1001', { tone: 440, answer: 'manual' });
    const bob = await phones.start('1002', { tone: 700, answer: 'manual' });
    const { page } = browser;
    await page.goto(`${carillon.httpUrl}/phone`);
    await page.getByLabel('Number to call').fill('1002');
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await desk.seen('CALL_INCOMING');
    await sleep(1500);
    expect(bob.count('CALL_INCOMING'), 'before the own phone is picked up').toBe(0);
    desk.accept();
    await bob.seen('CALL_INCOMING');
    bob.accept();
    await bob.seen('CALL_ESTABLISHED');
    const card = page.getByRole('region', { name: 'Calls now' });
    await card.getByText('Bob Baker').waitFor();
    await Promise.all([bob.hears(440), desk.hears(700)]);
    await card.getByRole('button', { name: 'Hang up' }).click();
    await desk.seen('CALL_CLOSED');
    await bob.seen('CALL_CLOSED');
    await card.waitFor({ state: 'hidden' });
    expect(browser.problems).toEqual([]);
  });
});
