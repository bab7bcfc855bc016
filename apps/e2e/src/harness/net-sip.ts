import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { measureToneInFile } from './tones.js';
import { until } from './wait.js';

const PROGRAM = resolve(import.meta.dirname, '../scenarios/net-sip-phone.pl');

export interface NetSipOptions {
  readonly user: string;
  readonly password: string;
  readonly domain: string;
  readonly serverPort: number;
  readonly transport: 'udp' | 'tcp';
  /** Frequency of the tone that it speaks, Hz. */
  readonly tone: number;
}

/** Whether Net::SIP for Perl is installed here. */
export function hasNetSip(): Promise<boolean> {
  return new Promise((settle) => {
    const child = spawn('perl', ['-MNet::SIP', '-e', '1'], { stdio: 'ignore' });
    child.once('error', () => settle(false));
    child.once('exit', (code) => settle(code === 0));
  });
}

/**
 * A phone of Net::SIP for Perl: it says nothing of what it takes (no Allow, no Supported), answers no request that it does
 * not know, and holds by the address 0.0.0.0. It speaks a tone and records what it hears.
 */
export class NetSip {
  /** What happened, a line each. */
  output = '';
  private readonly directory = mkdtempSync(join(tmpdir(), 'net-sip-'));
  private readonly recording = join(this.directory, 'heard.wav');
  private readonly process: ChildProcess;

  private constructor({ user, password, domain, serverPort, transport, tone }: NetSipOptions) {
    const account = [`127.0.0.1:${serverPort}`, domain, user, password];
    this.process = spawn('perl', [PROGRAM, ...account, String(tone), this.recording, transport]);
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString('latin1')).slice(-200_000);
    };
    this.process.stdout?.on('data', keep);
    this.process.stderr?.on('data', keep);
  }

  /** Starts it and waits until it has registered. */
  static async start(options: NetSipOptions): Promise<NetSip> {
    const phone = new NetSip(options);
    try {
      await phone.does('register 120', 'REGISTERED 120');
    } catch (error) {
      await phone.stop();
      throw error;
    }
    return phone;
  }

  /** Types a line of its commands, which are in its program. @param event that it waits for */
  async does(command: string, event: string): Promise<void> {
    const from = this.output.length;
    this.process.stdin?.write(`${command}\n`);
    await this.sees(event, from);
  }

  /** Waits for an event. @param from how much of `output` was there before */
  async sees(event: string, from = 0): Promise<void> {
    await until(`Net::SIP to see ${event}`, () => `\n${this.output.slice(from)}`.includes(`\n${event}`)).catch(
      (error: unknown) => {
        throw new Error(`${(error as Error).message}; it saw:\n${this.output}`, { cause: error });
      },
    );
  }

  /** Of a tone, in all its calls together. */
  secondsHeard(hertz: number): number {
    return measureToneInFile(this.recording, hertz).seconds;
  }

  /** Waits until it has heard so many seconds of a tone from now on. */
  async hears(hertz: number, seconds = 1.5): Promise<void> {
    const before = this.secondsHeard(hertz);
    await until(`Net::SIP to hear ${hertz} Hz`, () => this.secondsHeard(hertz) - before > seconds);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const over = new Promise((settle) => this.process.once('exit', settle));
      // It ends with its input.
      this.process.stdin?.end();
      const force = setTimeout(() => this.process.kill('SIGKILL'), 2000);
      await over;
      clearTimeout(force);
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}
