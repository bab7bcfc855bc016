import { createRequire } from 'node:module';
import type * as JsSip from 'jssip';
import { TestBrowser, type SoundBrowser } from './browser.js';
import { bundleForPage } from './bundle-for-page.js';
import type { Carillon } from './carillon.js';
import { PagePhone, type PageAccount } from './page-phone.js';

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
export class BrowserPhone extends PagePhone {
  readonly isSilentWhileItHolds = true;

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

  /** @returns how the first registration ended */
  register(account: PageAccount, { answers = true } = {}): Promise<string> {
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
  protected endCalls(): Promise<void> {
    return this.browser.page.evaluate(() => (globalThis as FreshWindow).state?.phone.terminateSessions());
  }
  talks(call = 1): Promise<string> {
    return this.seen('confirmed', { count: call });
  }
  hasEnded(call = 1): Promise<string> {
    return this.seen('ended: ', { count: call });
  }
  hold(): Promise<void> {
    return this.offerAnew('hold');
  }
  resume(): Promise<void> {
    return this.offerAnew('unhold');
  }
  /** JsSIP tells of its own hold before it has offered it, and offers nothing else until that is answered. */
  private async offerAnew(change: 'hold' | 'unhold'): Promise<void> {
    const accepted = `${change} accepted`;
    const before = (await this.events()).filter((event) => event === accepted).length;
    const tried = await this.browser.page.evaluate(
      ({ change, accepted }) => {
        const { session, events } = (globalThis as PhoneWindow).state;
        return session?.[change]({}, () => void events.push(accepted));
      },
      { change, accepted },
    );
    if (tried !== true) throw new Error(`JsSIP did not try to ${change}`);
    await this.seen(accepted, { count: before + 1 });
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
          setTimeout(() => settle(false), 30_000);
        }),
    );
  }
  /** Its answers say from now on that it likes G.711 best, though its browser sends what we like best. */
  misstateOrder(): Promise<void> {
    return this.browser.page.evaluate(() => {
      const { phone } = (globalThis as PhoneWindow).state;
      phone.on('newRTCSession', ({ session }: { session: Session }) => {
        session.on('sdp', (description) => {
          if (description.type === 'answer')
            description.sdp = description.sdp.replace(/^(m=audio \S+ \S+)(.*?) 0(?= |\r)/m, '$1 0$2');
        });
      });
    });
  }
  /** Of candidates, only those of IPv6 count from now on. */
  useIpv6Alone(): Promise<void> {
    return this.browser.page.evaluate(() => {
      const prototype: { setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> } =
        RTCPeerConnection.prototype;
      const { setRemoteDescription } = prototype;
      prototype.setRemoteDescription = function ({ type, sdp = '' }) {
        const six = sdp.replace(/^a=candidate:\S+ \d+ \S+ \d+ [\d.]+ .*\r\n/gm, '');
        return setRemoteDescription.call(this, { type, sdp: six });
      };
    });
  }
  /** Where its media goes: the address of the pair of candidates that is used. */
  remoteAddress(): Promise<string> {
    return this.browser.page.evaluate(async () => {
      const stats = await (globalThis as PhoneWindow).state.session?.connection.getStats();
      const reports = new Map<string, Record<string, unknown>>(stats);
      const transport = [...reports.values()].find(({ type }) => type === 'transport');
      const pair = reports.get(String(transport?.['selectedCandidatePairId']));
      return String(reports.get(String(pair?.['remoteCandidateId']))?.['address']);
    });
  }
  press(keys: string): Promise<void> {
    return this.browser.page.evaluate((tones) => {
      const [sender] = (globalThis as PhoneWindow).state.session?.connection.getSenders() ?? [];
      sender?.dtmf?.insertDTMF(tones, 160, 120);
    }, keys);
  }
  async transfer(number: string): Promise<void> {
    await this.browser.page.evaluate((target) => {
      const { state } = globalThis as PhoneWindow;
      const eventHandlers = {
        accepted: () => state.events.push('transfer accepted'),
        failed: () => state.events.push('transfer failed'),
      };
      state.session?.refer(target, { eventHandlers });
    }, `sip:${number}@${this.domain}`);
    await this.seen('transfer accepted');
  }

  /** `ice-ufrag` of both descriptions now. */
  iceUsers(): Promise<string[]> {
    return this.browser.page.evaluate(() => {
      const connection = (globalThis as PhoneWindow).state.session?.connection;
      const texts = [connection?.localDescription?.sdp ?? '', connection?.remoteDescription?.sdp ?? ''];
      return texts.map((sdp) => /a=ice-ufrag:(\S+)/.exec(sdp)?.[1] ?? '');
    });
  }
}
