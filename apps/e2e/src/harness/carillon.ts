import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePorts } from './ports.js';
import { until } from './wait.js';

/** `<data>/demo.json`, as the README promises it to scripts. */
export interface Demo {
  readonly portal: { readonly url: string; readonly admin: { readonly email: string; readonly password: string } };
  readonly sip: {
    readonly domain: string;
    readonly host: string;
    readonly udpPort: number;
    readonly tcpPort: number;
    readonly wssUrl: string;
  };
  readonly staff: readonly DemoStaff[];
  readonly ringGroup: string;
  readonly ivr: string;
  readonly echo: string;
  readonly voicemail: string;
  readonly room: { readonly extension: string; readonly pin: string; readonly url: string };
}

export interface DemoStaff {
  readonly extension: string;
  readonly email: string;
  readonly password: string;
  readonly sipUser: string;
  readonly sipPassword: string;
  readonly voicemailPin: string;
}

/** Node's arguments for running the whole of Carillon, as `npm start` does. */
export const CARILLON_COMMAND = [
  '--conditions=@carillon/source',
  '--import',
  './tools/typescript/register.mjs',
  '--no-warnings',
  'apps/all-in-one/src/main.ts',
];
export const ROOT = resolve(import.meta.dirname, '../../../..');

/** One installation of Carillon, run as `npm start` runs it, on ports and data of its own. */
export class Carillon {
  private process: ChildProcess | undefined;
  private log = '';

  private constructor(
    private readonly ports: { readonly http: number; readonly sip: number; readonly rtp: number },
    private readonly environment: NodeJS.ProcessEnv,
    readonly dataDir: string,
  ) {
    // Under root the database runs as a system user, which has to get in.
    chmodSync(this.dataDir, 0o755);
  }

  /** Starts and waits until it is healthy. @param folder where its data directory is made */
  static async start(environment: NodeJS.ProcessEnv = {}, folder = tmpdir()): Promise<Carillon> {
    const ports = { http: await freePorts(), sip: await freePorts(2), rtp: await freePorts(400) };
    const carillon = new Carillon(ports, environment, mkdtempSync(join(folder, 'carillon-e2e-')));
    try {
      await carillon.run();
    } catch (error) {
      // Left running, it would take the time of later tests.
      await carillon.remove();
      throw error;
    }
    return carillon;
  }

  get httpUrl(): string {
    return `http://127.0.0.1:${this.ports.http}`;
  }

  get sipPort(): number {
    return this.ports.sip;
  }

  get output(): string {
    return this.log;
  }

  get pid(): number {
    const pid = this.process?.pid;
    if (pid === undefined) throw new Error('Carillon does not run');
    return pid;
  }

  get demo(): Demo {
    return JSON.parse(readFileSync(join(this.dataDir, 'demo.json'), 'utf8')) as Demo;
  }

  staff(extension: string): DemoStaff {
    const found = this.demo.staff.find((one) => one.extension === extension);
    if (found === undefined) throw new Error(`The demo has no extension ${extension}`);
    return found;
  }

  /** Starts (again) on the same data, and waits for health. */
  async run(): Promise<void> {
    const child = spawn(process.execPath, CARILLON_COMMAND, {
      cwd: ROOT,
      env: {
        ...process.env,
        CARILLON_DATA_DIR: this.dataDir,
        CARILLON_HTTP_PORT: String(this.ports.http),
        CARILLON_SIP_PORT: String(this.ports.sip),
        CARILLON_RTP_PORTS: `${this.ports.rtp}-${this.ports.rtp + 399}`,
        CARILLON_LOG_LEVEL: 'info',
        ...this.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = child;
    const keep = (chunk: Buffer): void => {
      this.log = (this.log + chunk.toString()).slice(-4_000_000);
      if (process.env.CARILLON_E2E_LOG) process.stderr.write(chunk);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    await until(
      'Carillon to be healthy',
      async () => {
        if (hasEnded(child)) return true;
        return (await fetch(`${this.httpUrl}/health`)).ok;
      },
      { timeoutMs: 240_000, everyMs: 200 },
    ).catch((error: unknown) => {
      throw new Error(`Carillon did not become healthy:\n${this.log.slice(-6000)}`, { cause: error });
    });
    if (hasEnded(child))
      throw new Error(`Carillon ended with ${child.exitCode ?? child.signalCode}:\n${this.log.slice(-6000)}`);
  }

  /** Starts it again where a test has stopped it and went no further; so the next one, or the next try, finds it there. */
  async revive(): Promise<void> {
    if (this.process !== undefined && hasEnded(this.process)) await this.run();
  }

  /** Sends a signal and waits for the end. @returns the exit code, null where a signal ended it */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.process;
    if (child === undefined || hasEnded(child)) return child?.exitCode ?? null;
    const over = new Promise<number | null>((settle) => child.once('exit', (code) => settle(code)));
    child.kill(signal);
    return over;
  }

  /** Ends it and removes its data. */
  async remove(): Promise<void> {
    await this.end();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** By itself, or by a signal. */
function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
