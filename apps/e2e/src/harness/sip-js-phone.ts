import { createRequire } from 'node:module';
import type * as SipJs from 'sip.js';
import { TestBrowser, type SoundBrowser } from './browser.js';
import { BrowserPhone, type BrowserAccount } from './browser-phone.js';
import { bundleForPage } from './bundle-for-page.js';
import type { Carillon } from './carillon.js';
import { until } from './wait.js';

type Session = SipJs.Inviter | SipJs.Invitation;
interface SipJsState {
  agent: SipJs.UserAgent;
  registerer: SipJs.Registerer;
  sessions: Session[];
  /** `call 0 Established`, `incoming`, `message: hello`, `status 486`, `refer 202`, `notify SIP/2.0 200 OK`, … */
  events: string[];
  follow: (session: Session) => void;
}
type PhoneWindow = typeof globalThis & { SipJs: typeof SipJs; state: SipJsState };

/** SIP.js in a browser of its own, whose microphone plays a tone. Calls are numbered from 0. */
export class SipJsPhone {
  private constructor(
    readonly browser: SoundBrowser,
    private readonly domain: string,
  ) {}

  static async start(
    carillon: Carillon,
    options: { readonly tone: number } | { readonly browser: SoundBrowser },
  ): Promise<SipJsPhone> {
    const browser: SoundBrowser = 'browser' in options ? options.browser : await TestBrowser.start(options);
    await browser.page.goto(carillon.httpUrl);
    const entry = createRequire(import.meta.url).resolve('sip.js');
    await browser.page.evaluate(await bundleForPage(entry, 'SipJs'));
    return new SipJsPhone(browser, carillon.demo.sip.domain);
  }

  static accountOf(carillon: Carillon, extension: string): BrowserAccount {
    return BrowserPhone.accountOf(carillon, extension);
  }

  /** With RFC 5626: an instance and a reg-id. @returns `registered`, or how it was refused */
  async register({ url, uri, password }: BrowserAccount, { answers = true } = {}): Promise<string> {
    return this.browser.page.evaluate(
      async (account) => {
        const page = globalThis as PhoneWindow;
        const { UserAgent, Registerer, RegistererState, SessionState } = page.SipJs;
        const events: string[] = [];
        const sessions: Session[] = [];
        const listen = (session: Session): void => {
          const handler = session.sessionDescriptionHandler as unknown as { peerConnection: RTCPeerConnection };
          const audio = document.createElement('audio');
          audio.autoplay = true;
          const tracks = handler.peerConnection.getReceivers().map(({ track }) => track);
          audio.srcObject = new MediaStream(tracks.filter(({ kind }) => kind === 'audio'));
          document.body.append(audio);
        };
        const follow = (session: Session): void => {
          const number = sessions.push(session) - 1;
          session.delegate = {
            onInfo: (request) => void request.accept().then(() => events.push(`info ${request.request.body}`)),
            onMessage: (request) =>
              void request.accept().then(() => events.push(`message in call ${request.request.body}`)),
            onNotify: (notification) => void notification.accept(),
            onRefer: (referral) => {
              events.push(`referred ${referral.referTo.uri.user ?? ''}`);
              const next = referral.makeInviter();
              follow(next);
              void referral.accept().then(() => next.invite());
            },
          };
          session.stateChange.addListener((state) => {
            events.push(`call ${number} ${state}`);
            if (state === SessionState.Established) listen(session);
          });
        };
        const agent = new UserAgent({
          uri: UserAgent.makeURI(account.uri),
          authorizationUsername: /sip:([^@]+)@/.exec(account.uri)?.[1] ?? '',
          authorizationPassword: account.password,
          transportOptions: { server: account.url },
          sessionDescriptionHandlerFactoryOptions: { iceGatheringTimeout: 500 },
          instanceIdAlwaysAdded: true,
          logLevel: 'error',
          delegate: {
            onInvite: (invitation) => {
              follow(invitation);
              events.push(`incoming ${invitation.remoteIdentity.uri.user ?? ''}`);
              if (account.answers) void invitation.accept();
            },
            onMessage: (message) => void message.accept().then(() => events.push(`message ${message.request.body}`)),
          },
        });
        await agent.start();
        const registerer = new Registerer(agent, { regId: 1, expires: 120 });
        page.state = { agent, registerer, sessions, events, follow };
        return new Promise<string>((settle) => {
          registerer.stateChange.addListener((state) => {
            events.push(`registration ${state}`);
            if (state === RegistererState.Registered) settle('registered');
          });
          void registerer.register({
            requestDelegate: { onReject: ({ message }) => settle(`refused: ${message.statusCode}`) },
          });
        });
      },
      { url, uri, password, answers },
    );
  }

  async unregister(): Promise<void> {
    await this.browser.page.evaluate(async () => {
      await (globalThis as PhoneWindow).state.registerer.unregister();
    });
    await this.seen('registration Unregistered');
  }

  call(number: string): Promise<void> {
    return this.browser.page.evaluate((uri) => {
      const { SipJs, state } = globalThis as PhoneWindow;
      const target = SipJs.UserAgent.makeURI(uri);
      if (target === undefined) throw new Error(`${uri} is no URI`);
      const session = new SipJs.Inviter(state.agent, target, { earlyMedia: true });
      state.follow(session);
      void session.invite({
        requestDelegate: {
          onProgress: ({ message }) => state.events.push(`status ${message.statusCode}`),
          onReject: ({ message }) => state.events.push(`status ${message.statusCode}`),
        },
      });
    }, `sip:${number}@${this.domain}`);
  }

  /** Ends a call as its state wants: BYE, CANCEL or 480. */
  hangUp(number = 0): Promise<void> {
    return this.browser.page.evaluate(async (index) => {
      const { SipJs, state } = globalThis as PhoneWindow;
      const session = state.sessions[index];
      if (session?.state === SipJs.SessionState.Established) await session.bye();
      else if (session instanceof SipJs.Inviter) await session.cancel();
      else if (session instanceof SipJs.Invitation) await session.reject();
    }, number);
  }

  /** By re-INVITE. @returns `accepted` or the status */
  hold(number = 0, hold = true): Promise<string> {
    return this.browser.page.evaluate(
      ({ index, hold }) => {
        const session = (globalThis as PhoneWindow).state.sessions[index];
        if (session === undefined) return 'no call';
        const options: SipJs.SessionDescriptionHandlerOptions & { hold: boolean } = { hold };
        session.sessionDescriptionHandlerOptionsReInvite = options;
        return new Promise<string>((settle) => {
          void session.invite({
            sessionDescriptionHandlerOptions: options,
            requestDelegate: {
              onAccept: () => settle('accepted'),
              onReject: ({ message }) => settle(String(message.statusCode)),
            },
          });
        });
      },
      { index: number, hold },
    );
  }

  /** A re-INVITE without an offer: ours comes in the 200 (RFC 3261 §14.1). @returns `accepted` or the status */
  inviteWithoutOffer(number = 0): Promise<string> {
    return this.browser.page.evaluate((index) => {
      const session = (globalThis as PhoneWindow).state.sessions[index];
      return new Promise<string>((settle) => {
        void session?.invite({
          withoutSdp: true,
          requestDelegate: {
            onAccept: () => settle('accepted'),
            onReject: ({ message }) => settle(String(message.statusCode)),
          },
        });
      });
    }, number);
  }

  /** Keys by INFO (application/dtmf-relay). */
  async pressByInfo(key: string, number = 0): Promise<void> {
    await this.browser.page.evaluate(
      ({ index, key }) => {
        const { state } = globalThis as PhoneWindow;
        void state.sessions[index]?.info({
          requestOptions: {
            body: {
              contentDisposition: 'render',
              contentType: 'application/dtmf-relay',
              content: `Signal=${key}\r\nDuration=160`,
            },
          },
          requestDelegate: {
            onAccept: ({ message }) => state.events.push(`info answered ${message.statusCode}`),
            onReject: ({ message }) => state.events.push(`info answered ${message.statusCode}`),
          },
        });
      },
      { index: number, key },
    );
  }

  /** Keys by RFC 4733, in the stream. */
  press(keys: string, number = 0): Promise<void> {
    return this.browser.page.evaluate(
      ({ index, keys }) => {
        const session = (globalThis as PhoneWindow).state.sessions[index];
        const handler = session?.sessionDescriptionHandler as unknown as { peerConnection: RTCPeerConnection };
        handler.peerConnection.getSenders()[0]?.dtmf?.insertDTMF(keys, 160, 120);
      },
      { index: number, keys },
    );
  }

  /** Blindly to a number, or attended to another call of its own (`{ call }`, with Replaces). */
  transfer(to: string | { readonly call: number }, number = 0): Promise<void> {
    const target = typeof to === 'string' ? `sip:${to}@${this.domain}` : to.call;
    return this.browser.page.evaluate(
      ({ index, target }) => {
        const { SipJs, state } = globalThis as PhoneWindow;
        const other = typeof target === 'string' ? SipJs.UserAgent.makeURI(target) : state.sessions[target];
        if (other === undefined) throw new Error('There is no such target');
        void state.sessions[index]?.refer(other, {
          onNotify: (notification) => {
            const [line = ''] = notification.request.body.split('\r\n');
            void notification.accept().then(() => state.events.push(`notify ${line}`));
          },
          requestDelegate: {
            onAccept: ({ message }) => state.events.push(`refer ${message.statusCode}`),
            onReject: ({ message }) => state.events.push(`refer ${message.statusCode}`),
          },
        });
      },
      { index: number, target },
    );
  }

  write(number: string, text: string): Promise<void> {
    return this.browser.page.evaluate(
      ({ uri, text }) => {
        const { SipJs, state } = globalThis as PhoneWindow;
        const target = SipJs.UserAgent.makeURI(uri);
        if (target === undefined) throw new Error(`${uri} is no URI`);
        void new SipJs.Messager(state.agent, target, text).message({
          requestDelegate: {
            onAccept: ({ message }) => state.events.push(`message answered ${message.statusCode}`),
            onReject: ({ message }) => state.events.push(`message answered ${message.statusCode}`),
          },
        });
      },
      { uri: `sip:${number}@${this.domain}`, text },
    );
  }

  /** What was seen, and what still plays, before the next test. Calls are counted anew. */
  forget(): Promise<void> {
    return this.browser.page.evaluate(() => {
      const { state } = globalThis as Partial<PhoneWindow>;
      if (state !== undefined) {
        state.events.length = 0;
        state.sessions.length = 0;
      }
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
      `SIP.js to see ${start}`,
      async () => {
        events = await this.events();
        return events.filter((event) => event.startsWith(start))[count - 1];
      },
      { timeoutMs },
    ).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; it saw ${events.join(', ')}`, { cause: error });
    });
  }

  hears(frequencies: readonly number[], seconds = 2): Promise<number[]> {
    return this.browser.listen(frequencies, seconds);
  }

  stop(): Promise<void> {
    return this.browser.stop();
  }
}
