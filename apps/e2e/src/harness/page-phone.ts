import type { SoundBrowser } from './browser.js';
import type { Carillon } from './carillon.js';
import { until } from './wait.js';

export interface PageAccount {
  readonly url: string;
  readonly uri: string;
  readonly password: string;
}

/** What its page keeps: words for what happened, in order. */
interface PageState {
  readonly events: string[];
  /** What its library had to warn of since it was registered, with the time. */
  readonly warnings?: string[];
  /** Its calls, where it has several. */
  readonly sessions?: unknown[];
}
type PhoneWindow = typeof globalThis & { state?: PageState };

/** dB: a tone that came through is louder. */
const HEARD_DB = -45;
/** How long a tone is listened to at a time, and how long it may take until it is there or gone, seconds. */
const LISTEN_SECONDS = 1;
const MOST_SECONDS = 15;

/** A phone in a page of a browser, whose microphone plays a tone; the SIP library in the page is what differs. */
export abstract class PagePhone {
  protected constructor(
    readonly browser: SoundBrowser,
    protected readonly domain: string,
  ) {}

  static accountOf(carillon: Carillon, extension: string): PageAccount {
    const { sip } = carillon.demo;
    const { sipUser, sipPassword } = carillon.staff(extension);
    return { url: sip.wssUrl, uri: `sip:${sipUser}@${sip.domain}`, password: sipPassword };
  }

  /** Whether the library itself keeps the microphone from who is held; else that is the application's business. */
  abstract readonly isSilentWhileItHolds: boolean;

  /** It answers by itself from then on. @returns `registered`, or how it was refused */
  abstract register(account: PageAccount): Promise<string>;
  abstract call(number: string): Promise<void>;
  /** Waits until a call is answered. @param call counted from 1 since it forgot */
  abstract talks(call?: number): Promise<string>;
  /** Waits until a call that was answered has ended. */
  abstract hasEnded(call?: number): Promise<string>;
  /** Ends its latest call. */
  abstract hangUp(): Promise<void>;
  /** By re-INVITE, until that is accepted. */
  abstract hold(): Promise<void>;
  abstract resume(): Promise<void>;
  /** Keys by RFC 4733, in the stream. */
  abstract press(keys: string): Promise<void>;
  /** Sends who it talks to on to a number, until it is told that they talk (RFC 3515 §2.4.5). */
  abstract transfer(number: string): Promise<void>;

  /** Ends whatever calls a test has left, and says nothing where there are none. */
  protected abstract endCalls(): Promise<void>;

  /** Calls, what was seen, and what still plays, before the next test. Calls are counted anew. */
  async forget(): Promise<void> {
    await this.endCalls();
    return this.browser.page.evaluate(() => {
      const { state } = globalThis as PhoneWindow;
      if (state !== undefined) state.events.length = 0;
      if (state?.sessions !== undefined) state.sessions.length = 0;
      for (const audio of document.querySelectorAll('audio')) audio.remove();
    });
  }

  events(): Promise<string[]> {
    return this.browser.page.evaluate(() => (globalThis as PhoneWindow).state?.events ?? []);
  }

  /** What it saw since it forgot, and what its library warned of, for who wants to know why something failed. */
  async story(): Promise<string> {
    const warnings = await this.browser.page.evaluate(() => (globalThis as PhoneWindow).state?.warnings ?? []);
    return `A page saw ${(await this.events()).join(', ')}; its warnings:\n${warnings.join('\n')}`;
  }

  /** Waits until an event begins with `start`, for the `count`-th time. @returns the event */
  async seen(start: string, { count = 1 } = {}): Promise<string> {
    let events: string[] = [];
    return until(`the page to see ${start}`, async () => {
      events = await this.events();
      return events.filter((event) => event.startsWith(start))[count - 1];
    }).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; it saw ${events.join(', ')}`, { cause: error });
    });
  }

  /** Waits until it plays a tone. */
  hears(hertz: number): Promise<void> {
    return this.listenFor(`${hertz} Hz above ${HEARD_DB} dB`, hertz, (level) => level > HEARD_DB);
  }

  /** Waits until a tone is not in what it plays. */
  hearsNo(hertz: number): Promise<void> {
    const { silenceDb } = this.browser;
    return this.listenFor(`${hertz} Hz below ${silenceDb} dB`, hertz, (level) => level < silenceDb);
  }

  private async listenFor(what: string, hertz: number, fits: (level: number) => boolean): Promise<void> {
    const levels: number[] = [];
    await until(
      `the page to play ${what}`,
      async () => {
        const [level = Number.NaN] = await this.browser.listen([hertz], LISTEN_SECONDS);
        levels.push(Math.round(level));
        return fits(level);
      },
      { timeoutMs: MOST_SECONDS * 1000 },
    ).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; it was at ${levels.join(', ')} dB`, { cause: error });
    });
  }

  stop(): Promise<void> {
    return this.browser.stop();
  }
}
