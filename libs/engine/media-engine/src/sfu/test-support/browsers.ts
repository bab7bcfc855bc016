import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import type { SfuRequest } from '../sfu-request.js';

const CHROMIUM = process.env['CARILLON_CHROMIUM'] ?? '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);

/** One participant in its own page. */
export interface BrowserParticipant {
  readonly page: Page;
  join(): Promise<void>;
  /** Sends a tone as its microphone. @returns the producer's id */
  speak(toneHz: number): Promise<string>;
  film(): Promise<string>;
  consume(producerId: string): Promise<Record<string, unknown>>;
  hear(producerId: string): Promise<{ hz: number; db: number }>;
  frames(producerId: string): Promise<number>;
}

export type Ask = (request: SfuRequest) => Promise<unknown>;

async function bundlePage(): Promise<string> {
  const entry = fileURLToPath(new URL('browser-page.mjs', import.meta.url));
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'meetingPage' } },
  });
  const chunk = Array.isArray(output) ? output[0]?.output[0] : undefined;
  if (chunk === undefined) throw new Error('The test page was not bundled');
  return chunk.code;
}

/** Chromium without a window, whose pages take part in meetings. */
export class Browsers {
  private constructor(
    private readonly browser: Browser,
    private readonly script: string,
  ) {}

  static async launch(): Promise<Browsers> {
    const script = await bundlePage();
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
        ...['--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
        ...['--allow-loopback-in-peer-connection', '--use-fake-ui-for-media-stream'],
        '--use-fake-device-for-media-stream',
      ],
    });
    return new Browsers(browser, script);
  }

  async open(ask: Ask): Promise<BrowserParticipant> {
    const page = await this.browser.newPage();
    // localhost counts as secure, which WebRTC needs; nothing listens there.
    await page.route('http://localhost/**', (route) => route.fulfill({ contentType: 'text/html', body: '<body>' }));
    await page.exposeFunction('sfuRequest', ask);
    await page.goto('http://localhost/');
    await page.addScriptTag({ content: this.script });
    const call = <T>(name: string, ...parameters: unknown[]): Promise<T> =>
      page.evaluate(`globalThis.meeting.${name}(${parameters.map((one) => JSON.stringify(one)).join()})`);
    return {
      page,
      join: () => call('join'),
      speak: (toneHz) => call('speak', toneHz),
      film: () => call('film'),
      consume: (producerId) => call('consume', producerId),
      hear: (producerId) => call('hear', producerId),
      frames: (producerId) => call('frames', producerId),
    };
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
