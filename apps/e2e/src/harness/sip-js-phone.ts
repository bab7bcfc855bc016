import { createRequire } from 'node:module';
import type * as SipJs from 'sip.js';
import { TestBrowser, type SoundBrowser } from './browser.js';
import { bundleForPage } from './bundle-for-page.js';
import type { Carillon } from './carillon.js';
import { PagePhone, type PageAccount } from './page-phone.js';

type Session = SipJs.Inviter | SipJs.Invitation;
interface SipJsState {
  agent: SipJs.UserAgent;
  registerer: SipJs.Registerer;
  sessions: Session[];
  /** `call 0 Established`, `incoming`, `message: hello`, `status 486`, `refer 202`, `notify SIP/2.0 200 OK`, … */
  events: string[];
  warnings: string[];
  follow: (session: Session) => void;
  end: (session: Session) => Promise<unknown>;
}
type PhoneWindow = typeof globalThis & { SipJs: typeof SipJs; state: SipJsState };
type FreshWindow = typeof globalThis & { SipJs: typeof SipJs; state?: SipJsState };

/** SIP.js in a browser of its own, whose microphone plays a tone. Calls are numbered from 0. */
export class SipJsPhone extends PagePhone {
  readonly isSilentWhileItHolds = false;

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

  /** With RFC 5626: an instance and a reg-id. @returns `registered`, or how it was refused */
  async register({ url, uri, password }: PageAccount, { answers = true } = {}): Promise<string> {
    return this.browser.page.evaluate(
      async (account) => {
        const page = globalThis as FreshWindow;
        const { UserAgent, Registerer, RegistererState, SessionState, Inviter } = page.SipJs;
        // Takes its registration back as well, unless its connection is gone.
        await page.state?.agent.stop().catch(() => undefined);
        const events: string[] = [];
        const warnings: string[] = [];
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
          logLevel: 'warn',
          // Hears of everything, whatever the level.
          logConnector: (level, category, _label, content) => {
            if (level === 'warn' || level === 'error')
              warnings.push(`${new Date().toISOString()} ${level} ${category}: ${content}`);
          },
          delegate: {
            onDisconnect: (error) => events.push(`disconnected ${error?.message ?? ''}`),
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
        const end = async (session: Session): Promise<void> => {
          if (session.state === SessionState.Established) await session.bye();
          else if (session instanceof Inviter) await session.cancel();
          else await session.reject();
        };
        page.state = { agent, registerer, sessions, events, warnings, follow, end };
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

  talks(call = 1): Promise<string> {
    return this.seen(`call ${call - 1} Established`);
  }
  hasEnded(call = 1): Promise<string> {
    return this.seen(`call ${call - 1} Terminated`);
  }

  /** Ends a call, the latest unless told, as its state wants: BYE, CANCEL or 480. */
  hangUp(number = -1): Promise<void> {
    return this.browser.page.evaluate(async (index) => {
      const { state } = globalThis as PhoneWindow;
      const session = state.sessions.at(index);
      if (session !== undefined) await state.end(session);
    }, number);
  }

  protected endCalls(): Promise<void> {
    return this.browser.page.evaluate(async () => {
      const { SipJs, state } = globalThis as FreshWindow;
      const over = [SipJs.SessionState.Terminating, SipJs.SessionState.Terminated];
      for (const session of state?.sessions ?? []) if (!over.includes(session.state)) await state?.end(session);
    });
  }

  hold(): Promise<void> {
    return this.setHold(true);
  }
  resume(): Promise<void> {
    return this.setHold(false);
  }
  private async setHold(hold: boolean): Promise<void> {
    const outcome = await this.browser.page.evaluate((hold) => {
      const session = (globalThis as PhoneWindow).state.sessions.at(-1);
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
    }, hold);
    if (outcome !== 'accepted') throw new Error(`The re-INVITE: ${outcome}`);
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

  press(keys: string): Promise<void> {
    return this.browser.page.evaluate((keys) => {
      const session = (globalThis as PhoneWindow).state.sessions.at(-1);
      const handler = session?.sessionDescriptionHandler as unknown as { peerConnection: RTCPeerConnection };
      handler.peerConnection.getSenders()[0]?.dtmf?.insertDTMF(keys, 160, 120);
    }, keys);
  }

  async transfer(number: string): Promise<void> {
    await this.refer(`sip:${number}@${this.domain}`, 0);
    await this.seen('refer 20');
    await this.seen('notify SIP/2.0 200');
  }

  /** Attended: who it talks to in its first call goes on to who it talks to in its second (Replaces). */
  async joinCalls(): Promise<void> {
    await this.refer(1, 0);
    await this.seen('refer 20');
  }

  /** @param target a URI, or another call of its own @param number the call whose other end is sent there */
  private refer(target: string | number, number: number): Promise<void> {
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
}
