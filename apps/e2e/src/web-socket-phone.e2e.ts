import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as JsSip from 'jssip';
import { build } from 'vite';
import { TestBrowser } from './harness/browser.js';
import { adminOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';
import { sleep } from './harness/wait.js';

interface Account {
  readonly url: string;
  readonly uri: string;
  readonly password: string;
}
type Window = typeof globalThis & { JsSIP: typeof JsSip; phone: JsSip.UA };

let carillon: Carillon;
let browser: TestBrowser;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  carillon = await Carillon.start();
  browser = await TestBrowser.start({ tone: 440 });
  await browser.page.goto(carillon.httpUrl);
  await browser.page.evaluate(await bundleJsSip());
});
afterAll(async () => {
  await phones.stopAll();
  await browser?.stop();
  await carillon?.remove();
});

/** JsSIP as one script for the page. */
async function bundleJsSip(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('jssip');
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'JsSIP' } },
  });
  const [bundle] = Array.isArray(built) ? built : [built];
  if (bundle === undefined || !('output' in bundle)) throw new Error('JsSIP was not bundled');
  return `${bundle.output[0].code};globalThis.JsSIP = JsSIP;`;
}

/** Starts JsSIP in the page. @returns how its first registration ended */
function register(account: Account): Promise<string> {
  return browser.page.evaluate(({ url, uri, password }) => {
    const { JsSIP } = globalThis as Window;
    const sockets = [new JsSIP.WebSocketInterface(url)];
    const phone = new JsSIP.UA({ sockets, uri, password, register: true });
    (globalThis as Window).phone = phone;
    return new Promise<string>((settle) => {
      phone.on('registered', () => settle('registered'));
      phone.on('registrationFailed', ({ cause }) => settle(`refused: ${cause}`));
      phone.start();
    });
  }, account);
}

const accountOf = (extension: string): Account => {
  const { sip } = carillon.demo;
  const { sipUser, sipPassword } = carillon.staff(extension);
  return { url: sip.wssUrl, uri: `sip:${sipUser}@${sip.domain}`, password: sipPassword };
};

describe('JsSIP in a browser', () => {
  it('is refused with a wrong password', async () => {
    expect(await register({ ...accountOf('1001'), password: 'wrong' })).toBe('refused: Rejected');
    await browser.page.evaluate(() => (globalThis as Window).phone.stop());
  });

  it('registers over WebSocket, and the admin sees it', async () => {
    expect(await register(accountOf('1001'))).toBe('registered');
    const admin = await adminOf(carillon);
    const registrations = await admin.do<{ sipUsername: string; protocol: string }[]>(
      'GET',
      '/api/admin/registrations',
    );
    expect(registrations).toMatchObject([{ sipUsername: carillon.staff('1001').sipUser, protocol: 'ws' }]);
  });

  it('is told with 488 that its media is not taken, and stays registered', async () => {
    const bob = await phones.start('1002', { tone: 700 });
    const status = await browser.page.evaluate(
      (target) =>
        new Promise<number>((settle) => {
          (globalThis as Window).phone.call(target, {
            mediaConstraints: { audio: true, video: false },
            eventHandlers: {
              failed: ({ message }) => settle(message !== null && 'status_code' in message ? message.status_code : 0),
              confirmed: () => settle(200),
            },
          });
        }),
      `sip:1002@${carillon.demo.sip.domain}`,
    );
    expect(status).toBe(488);
    await sleep(500);
    expect(bob.count('CALL_ESTABLISHED')).toBe(0);
    expect(await browser.page.evaluate(() => (globalThis as Window).phone.isRegistered())).toBe(true);
  });
});
