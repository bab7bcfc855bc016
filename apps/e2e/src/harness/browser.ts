import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type { Carillon } from './carillon.js';
import { writeTone } from './tones.js';

const CHROMIUM = process.env.CARILLON_CHROMIUM ?? '/usr/bin/chromium';

/** Where functions are run in a page. */
export interface ScriptedPage {
  goto(url: string): Promise<unknown>;
  evaluate<T>(script: string): Promise<T>;
  evaluate<T>(act: () => T | Promise<T>): Promise<T>;
  evaluate<T, A>(act: (argument: A) => T | Promise<T>, argument: A): Promise<T>;
}

/** A browser that a test makes phone calls with. */
export interface SoundBrowser {
  readonly page: ScriptedPage;
  /** What is not there is below this level, dB, as `listen` measures it. */
  readonly silenceDb: number;
  /** @returns how loud each frequency (Hz) is in what the page plays, dB */
  listen(frequencies: readonly number[], seconds?: number): Promise<number[]>;
  stop(): Promise<void>;
}

/** A Chromium of its own, whose microphone plays a tone for ever and whose camera shows the test picture. */
export class TestBrowser implements SoundBrowser {
  readonly silenceDb = -60;
  readonly problems: string[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly context: BrowserContext,
    readonly page: Page,
    private readonly directory: string,
  ) {}

  static async start({
    tone,
    width = 1280,
    height = 800,
    microphoneAfterMs = 0,
  }: {
    tone: number;
    width?: number;
    height?: number;
    /** A device, or a user who is asked, may take its time. */
    microphoneAfterMs?: number;
  }): Promise<TestBrowser> {
    const directory = mkdtempSync(join(tmpdir(), 'browser-'));
    const microphone = writeTone(join(directory, 'microphone.wav'), tone, { sampleRate: 48_000, seconds: 60 });
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-audio-capture=${microphone}`,
        '--autoplay-policy=no-user-gesture-required',
        '--allow-loopback-in-peer-connection',
        '--auto-select-desktop-capture-source=Entire screen',
      ],
    });
    const context = await browser.newContext({ viewport: { width, height }, permissions: ['microphone', 'camera'] });
    // The browser's clean-up of voices would take a steady tone for noise: ask for the microphone as it is.
    await context.addInitScript((microphoneAfterMs) => {
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (constraints) => {
        const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
        const audio = constraints?.audio;
        const asked = audio ? { ...constraints, audio: { ...(audio === true ? {} : audio), ...raw } } : constraints;
        if (audio) await new Promise((settle) => setTimeout(settle, microphoneAfterMs));
        return ask(asked);
      };
    }, microphoneAfterMs);
    const page = await context.newPage();
    const test = new TestBrowser(browser, context, page, directory);
    page.on('pageerror', (error) => test.problems.push(error.message));
    return test;
  }

  /** Who was logged in is so no more. */
  forgetLogin(): Promise<void> {
    return this.context.clearCookies();
  }

  /** Logs in as an extension's owner by the form, as a person would. */
  async login(carillon: Carillon, extension: string): Promise<void> {
    const { email, password } = carillon.staff(extension);
    await this.loginAs(carillon, email, password);
  }

  async loginAs(carillon: Carillon, email: string, password: string): Promise<void> {
    await this.page.goto(carillon.httpUrl);
    await this.page.getByLabel(/e-?mail/i).fill(email);
    await this.page.getByLabel(/^password/i).fill(password);
    await this.page.getByRole('button', { name: /log in|sign in/i }).click();
    await this.page.waitForURL((url) => !url.pathname.startsWith('/login'));
  }

  /**
   * How loud frequencies are in all that the page plays right now.
   * @returns for each frequency the mean level over `seconds`, in dB relative to full scale of the analyser
   */
  listen(frequencies: readonly number[], seconds = 3): Promise<number[]> {
    return this.page.evaluate(
      async ({ frequencies, seconds }) => {
        const audio = new AudioContext();
        await audio.resume();
        const analyser = audio.createAnalyser();
        analyser.fftSize = 8192;
        analyser.smoothingTimeConstant = 0;
        for (const element of document.querySelectorAll<HTMLMediaElement>('audio, video')) {
          const stream = element.srcObject;
          if (stream instanceof MediaStream && !element.muted && stream.getAudioTracks().length > 0)
            audio.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(analyser);
        }
        const bins = new Float32Array(analyser.frequencyBinCount);
        const sums = frequencies.map(() => 0);
        const rounds = Math.round(seconds * 10);
        for (let round = 0; round < rounds; round++) {
          await new Promise((settle) => setTimeout(settle, 100));
          analyser.getFloatFrequencyData(bins);
          frequencies.forEach((hertz, index) => {
            const bin = Math.round((hertz * analyser.fftSize) / audio.sampleRate);
            const level = Math.max(...bins.slice(bin - 1, bin + 2));
            sums[index] = (sums[index] ?? 0) + 10 ** (level / 10);
          });
        }
        await audio.close();
        return sums.map((sum) => 10 * Math.log10(sum / rounds + 1e-20));
      },
      { frequencies: [...frequencies], seconds },
    );
  }

  /** Pixels wide of the remote videos that play and move forward. */
  playingVideos(): Promise<number[]> {
    return this.page.evaluate(async () => {
      const videos = [...document.querySelectorAll('video')];
      const before = videos.map((video) => video.currentTime);
      await new Promise((settle) => setTimeout(settle, 1500));
      return videos.filter((video, index) => video.currentTime > (before[index] ?? 0)).map((video) => video.videoWidth);
    });
  }

  async screenshot(path: string): Promise<void> {
    await this.page.screenshot({ path });
  }

  async stop(): Promise<void> {
    await this.context.close();
    await this.browser.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
