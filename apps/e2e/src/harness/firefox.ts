import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BidiPage } from './bidi-page.js';
import type { SoundBrowser } from './browser.js';
import { freePorts } from './ports.js';

const FIREFOX = process.env.CARILLON_FIREFOX ?? '/usr/bin/firefox-esr';
const START_MS = 40_000;

/** A Firefox of its own, whose microphone hums a tone for ever; driven by WebDriver BiDi, which it speaks itself. */
export class Firefox implements SoundBrowser {
  readonly silenceDb = -52;

  private constructor(
    private readonly process: ChildProcess,
    readonly page: BidiPage,
    private readonly directory: string,
  ) {}

  static async start({ tone }: { tone: number }): Promise<Firefox> {
    const directory = mkdtempSync(join(tmpdir(), 'firefox-'));
    writeFileSync(join(directory, 'user.js'), preferences(tone));
    const port = await freePorts();
    const child = spawn(
      FIREFOX,
      ['--headless', '--no-remote', '--profile', directory, '--remote-debugging-port', String(port)],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, HOME: directory, MOZ_DISABLE_CONTENT_SANDBOX: '1' },
      },
    );
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-20_000)));
    try {
      return new Firefox(child, await BidiPage.open(`ws://127.0.0.1:${port}/session`, START_MS), directory);
    } catch (error) {
      child.kill('SIGKILL');
      throw new Error(`Firefox did not start:\n${said}`, { cause: error });
    }
  }

  /**
   * As `TestBrowser.listen`, but out of a recording: without a sound card, Firefox has no running AudioContext.
   * @returns for each frequency its level in the loudest window of 100 ms in the second half, dB
   */
  async listen(frequencies: readonly number[], seconds = 3): Promise<number[]> {
    return this.page.evaluate(
      async ({ frequencies, seconds }) => {
        const tracks = [...document.querySelectorAll<HTMLMediaElement>('audio, video')].flatMap(({ srcObject }) =>
          srcObject instanceof MediaStream ? srcObject.getAudioTracks() : [],
        );
        const track = tracks.findLast(({ readyState }) => readyState === 'live');
        if (track === undefined) return frequencies.map(() => -200);
        const recorder = new MediaRecorder(new MediaStream([track]));
        const parts: Blob[] = [];
        recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
        const over = new Promise((settle) => recorder.addEventListener('stop', settle));
        recorder.start();
        await new Promise((settle) => setTimeout(settle, seconds * 1000));
        recorder.stop();
        await over;
        const file = await new Blob(parts).arrayBuffer();
        const { sampleRate, ...sound } = await decode(file);
        const window = sampleRate / 10;
        return frequencies.map((hertz) => {
          let loudest = 0;
          for (let from = Math.floor(sound.samples.length / 2); from + window <= sound.samples.length; from += window) {
            let cosine = 0;
            let sine = 0;
            for (let index = 0; index < window; index++) {
              const angle = (2 * Math.PI * hertz * index) / sampleRate;
              // Hann's window, whose mean is a half.
              const sample = (sound.samples[from + index] ?? 0) * (1 - Math.cos((2 * Math.PI * index) / window));
              cosine += sample * Math.cos(angle);
              sine += sample * Math.sin(angle);
            }
            loudest = Math.max(loudest, (4 * (cosine * cosine + sine * sine)) / (window * window));
          }
          return 10 * Math.log10(loudest + 1e-20);
        });

        async function decode(file: ArrayBuffer): Promise<{ samples: Float32Array; sampleRate: number }> {
          const decoded = await new OfflineAudioContext(1, 48_000, 48_000).decodeAudioData(file);
          return { samples: decoded.getChannelData(0), sampleRate: decoded.sampleRate };
        }
      },
      { frequencies: [...frequencies], seconds },
    );
  }

  async stop(): Promise<void> {
    const { process: child } = this;
    const over = new Promise((settle) => child.once('exit', settle));
    await this.page.endBrowser().catch(() => undefined);
    const force = setTimeout(() => child.kill('SIGKILL'), 5000);
    if (child.exitCode === null && child.signalCode === null) await over;
    clearTimeout(force);
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** A microphone without a device or a question, media over loopback, sound without a click, and nothing phoned home. */
function preferences(tone: number): string {
  const values: Record<string, string | number | boolean> = {
    'media.navigator.streams.fake': true,
    'media.navigator.audio.fake_frequency': tone,
    'media.navigator.permission.disabled': true,
    'media.peerconnection.ice.loopback': true,
    'media.peerconnection.ice.obfuscate_host_addresses': false,
    'media.autoplay.default': 0,
    'media.autoplay.blocking_policy': 0,
    'app.update.enabled': false,
    'browser.shell.checkDefaultBrowser': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'toolkit.telemetry.enabled': false,
  };
  return Object.entries(values)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join('');
}
