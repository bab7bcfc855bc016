import { createRequire } from 'node:module';
import type * as JsSip from 'jssip';
import { TestBrowser, type SoundBrowser } from './browser.js';
import { bundleForPage } from './bundle-for-page.js';
import type { Carillon } from './carillon.js';
import { until } from './wait.js';

export interface BrowserAccount {
  readonly url: string;
  readonly uri: string;
  readonly password: string;
}

type Session = ReturnType<JsSip.UA['call']>;
interface BrowserPhoneState {
  phone: JsSip.UA;
  session: Session | undefined;
  /** `incoming`, `progress`, `confirmed`, `ended: <cause>`, `failed: <status or cause>`, … */
  events: string[];
}
type PhoneWindow = typeof globalThis & { JsSIP: typeof JsSip; state: BrowserPhoneState };
type FreshWindow = typeof globalThis & { JsSIP: typeof JsSip; state?: BrowserPhoneState };

/** JsSIP in a browser of its own (Chromium unless another is given), whose microphone plays a tone. It answers by itself unless told otherwise. */
export class BrowserPhone {
  private constructor(
    readonly browser: SoundBrowser,
    private readonly domain: string,
  ) {}

  static async start(
    carillon: Carillon,
    options: { startUrl?: string } & ({ tone: number } | { browser: SoundBrowser }),
  ): Promise<BrowserPhone> {
    const { startUrl = carillon.httpUrl } = options;
    const browser: SoundBrowser = 'browser' in options ? options.browser : await TestBrowser.start(options);
    await browser.page.goto(startUrl);
    await browser.page.evaluate(await bundleForPage(createRequire(import.meta.url).resolve('jssip'), 'JsSIP'));
    return new BrowserPhone(browser, carillon.demo.sip.domain);
  }

  static accountOf(carillon: Carillon, extension: string): BrowserAccount {
    const { sip } = carillon.demo;
    const { sipUser, sipPassword } = carillon.staff(extension);
    return { url: sip.wssUrl, uri: `sip:${sipUser}@${sip.domain}`, password: sipPassword };
  }

  /** @returns how the first registration ended */
  register(account: BrowserAccount, { answers = true } = {}): Promise<string> {
    return this.browser.page.evaluate(
      ({ url, uri, password, answers }) => {
        const page = globalThis as FreshWindow;
        const { JsSIP } = page;
        page.state?.phone.stop();
        for (const audio of document.querySelectorAll('audio')) audio.remove();
        const sockets = [new JsSIP.WebSocketInterface(url)];
        const phone = new JsSIP.UA({ sockets, uri, password, register: true, session_timers: false });
        const state: BrowserPhoneState = { phone, session: undefined, events: [] };
        page.state = state;
        const listen = (connection: RTCPeerConnection): void => {
          connection.addEventListener('track', ({ track }) => {
            const audio = document.createElement('audio');
            audio.autoplay = true;
            audio.srcObject = new MediaStream([track]);
            document.body.append(audio);
          });
        };
        phone.on('newRTCSession', ({ session, originator }: { session: Session; originator: string }) => {
          state.session = session;
          if (originator === 'remote') state.events.push('incoming');
          session.on('progress', () => state.events.push('progress'));
          session.on('confirmed', () => state.events.push('confirmed'));
          session.on('hold', ({ originator: by }) => state.events.push(`hold ${by}`));
          session.on('unhold', ({ originator: by }) => state.events.push(`unhold ${by}`));
          session.on('ended', ({ cause }) => state.events.push(`ended: ${cause}`));
          session.on('failed', ({ message, cause }) => {
            const status = message !== null && 'status_code' in message ? String(message.status_code) : cause;
            state.events.push(`failed: ${status}`);
          });
          if (originator === 'remote') {
            session.on('peerconnection', ({ peerconnection }) => listen(peerconnection));
            if (answers) session.answer({ mediaConstraints: { audio: true, video: false } });
          } else listen(session.connection);
        });
        return new Promise<string>((settle) => {
          phone.on('registered', () => settle('registered'));
          phone.on('registrationFailed', ({ cause }) => settle(`refused: ${cause}`));
          phone.start();
        });
      },
      { ...account, answers },
    );
  }

  /** @param relayed no way leads from it to us, as behind a firewall that lets no media through */
  call(number: string, { relayed = false } = {}): Promise<void> {
    return this.browser.page.evaluate(
      ({ target, iceTransportPolicy }) => {
        (globalThis as PhoneWindow).state.phone.call(target, {
          mediaConstraints: { audio: true, video: false },
          pcConfig: { iceTransportPolicy },
        });
      },
      { target: `sip:${number}@${this.domain}`, iceTransportPolicy: relayed ? ('relay' as const) : ('all' as const) },
    );
  }

  hangUp(): Promise<void> {
    return this.browser.page.evaluate(() => (globalThis as PhoneWindow).state.session?.terminate());
  }
  /** By re-INVITE. @returns whether it was tried */
  hold(): Promise<boolean | undefined> {
    return this.browser.page.evaluate(() => (globalThis as PhoneWindow).state.session?.hold());
  }
  resume(): Promise<boolean | undefined> {
    return this.browser.page.evaluate(() => (globalThis as PhoneWindow).state.session?.unhold());
  }
  /** A re-INVITE with new ICE credentials. @returns whether it was accepted */
  restartIce(): Promise<boolean> {
    return this.browser.page.evaluate(
      () =>
        new Promise<boolean>((settle) => {
          const { session } = (globalThis as PhoneWindow).state;
          session?.on('reinvite', () => undefined);
          const tried = session?.renegotiate({ rtcOfferConstraints: { iceRestart: true } }, () => settle(true));
          if (tried !== true) settle(false);
          setTimeout(() => settle(false), 8000);
        }),
    );
  }
  /** Keys by RFC 4733, in the stream. */
  press(keys: string): Promise<void> {
    return this.browser.page.evaluate((tones) => {
      const [sender] = (globalThis as PhoneWindow).state.session?.connection.getSenders() ?? [];
      sender?.dtmf?.insertDTMF(tones, 160, 120);
    }, keys);
  }
  refer(number: string): Promise<void> {
    return this.browser.page.evaluate((target) => {
      (globalThis as PhoneWindow).state.session?.refer(target);
    }, `sip:${number}@${this.domain}`);
  }

  isRegistered(): Promise<boolean> {
    return this.browser.page.evaluate(() => (globalThis as PhoneWindow).state.phone.isRegistered());
  }

  /** What was seen, and what still plays, before the next call. */
  forget(): Promise<void> {
    return this.browser.page.evaluate(() => {
      const { state } = globalThis as FreshWindow;
      if (state !== undefined) state.events.length = 0;
      for (const audio of document.querySelectorAll('audio')) audio.remove();
    });
  }

  events(): Promise<string[]> {
    return this.browser.page.evaluate(() => (globalThis as PhoneWindow).state.events);
  }

  /** Waits until an event begins with `start`. @returns the event */
  async seen(start: string, { count = 1, timeoutMs = 15_000 } = {}): Promise<string> {
    let events: string[] = [];
    return until(
      `the browser to see ${start}`,
      async () => {
        events = await this.events();
        return events.filter((event) => event.startsWith(start))[count - 1];
      },
      { timeoutMs },
    ).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; it saw ${events.join(', ')}`, { cause: error });
    });
  }

  /** Levels of frequencies in what it plays now, dB. */
  async hears(frequencies: readonly number[], seconds = 2): Promise<number[]> {
    return this.browser.listen(frequencies, seconds);
  }

  /** `ice-ufrag` of both descriptions now. */
  iceUsers(): Promise<string[]> {
    return this.browser.page.evaluate(() => {
      const connection = (globalThis as PhoneWindow).state.session?.connection;
      const texts = [connection?.localDescription?.sdp ?? '', connection?.remoteDescription?.sdp ?? ''];
      return texts.map((sdp) => /a=ice-ufrag:(\S+)/.exec(sdp)?.[1] ?? '');
    });
  }

  async stop(): Promise<void> {
    await this.browser.stop();
  }
}
