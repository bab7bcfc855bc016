import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePorts } from './ports.js';
import { until } from './wait.js';

const SCENARIOS = resolve(import.meta.dirname, '../scenarios');

export interface SippOptions {
  /** File name in `src/scenarios`, or the scenario itself, from its `<?xml` on. */
  readonly scenario: string;
  /** The server, `host:port`; for an answering side it is where nothing is sent. */
  readonly server: string;
  /** One line of the injection file: the scenario's [field0], [field1], … */
  readonly fields: readonly string[];
  readonly transport?: 'udp' | 'tcp';
  readonly port?: number;
  /** Its own address; another one of loopback makes it another host. */
  readonly address?: string;
  readonly calls?: number;
  /** Calls begun in a second; SIPp lets one such interval pass before the first. */
  readonly rate?: number;
  readonly timeoutSeconds?: number;
}

export interface SippResult {
  /** 0: every call went as the scenario says. */
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
  readonly messages: string;
}

/** One run of SIPp, which checks each message against its scenario. */
export class Sipp {
  private readonly directory: string;
  private output = '';
  private readonly over: Promise<number | null>;

  private constructor(
    private readonly process: ChildProcess,
    directory: string,
    readonly port: number,
  ) {
    this.directory = directory;
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString('latin1')).slice(-100_000);
    };
    process.stdout?.on('data', keep);
    process.stderr?.on('data', keep);
    this.over = new Promise((settle) => process.once('exit', (code) => settle(code)));
  }

  /** Starts it, and waits until it listens at its port. */
  static async start(options: SippOptions): Promise<Sipp> {
    const directory = mkdtempSync(join(tmpdir(), 'sipp-'));
    const port = options.port ?? (await freePorts(2));
    const media = await freePorts(4);
    const address = options.address ?? '127.0.0.1';
    writeFileSync(join(directory, 'fields.csv'), `SEQUENTIAL\n${options.fields.join(';')}\n`);
    const inline = options.scenario.startsWith('<?xml');
    const scenario = inline ? join(directory, 'scenario.xml') : join(SCENARIOS, options.scenario);
    if (inline) writeFileSync(scenario, options.scenario);
    const child = spawn(
      'sipp',
      [
        options.server,
        ...['-sf', scenario],
        ...['-inf', join(directory, 'fields.csv')],
        ...['-i', address, '-p', String(port), '-mi', address, '-mp', String(media)],
        ...['-t', options.transport === 'tcp' ? 't1' : 'u1'],
        ...['-m', String(options.calls ?? 1), '-r', String(options.rate ?? 100), '-nostdin', '-rtp_echo'],
        ...['-timeout', String(options.timeoutSeconds ?? 30), '-timeout_error'],
        ...['-trace_err', '-error_file', 'errors.log', '-trace_msg', '-message_file', 'messages.log'],
      ],
      { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    // Whose end it sees, though that may come before it was seen to listen.
    const sipp = new Sipp(child, directory, port);
    const listens = (): boolean => child.exitCode !== null || isBound(port, options.transport ?? 'udp', address);
    await until('SIPp to listen', listens, { everyMs: 10 });
    return sipp;
  }

  /** Runs to its end. */
  static async run(options: SippOptions): Promise<SippResult> {
    return (await Sipp.start(options)).result();
  }

  async result(): Promise<SippResult> {
    const code = await this.over;
    const read = (name: string): string =>
      readdirSync(this.directory).includes(name) ? readFileSync(join(this.directory, name), 'latin1') : '';
    const result = { code, output: this.output, errors: read('errors.log'), messages: read('messages.log') };
    rmSync(this.directory, { recursive: true, force: true });
    return result;
  }

  /** What it has sent and received until now. */
  get soFar(): string {
    const path = join(this.directory, 'messages.log');
    return existsSync(path) ? readFileSync(path, 'latin1') : '';
  }

  /** Gives it a text while it runs: the scenario has it as `[file name=…]` from then on. */
  put(name: string, text: string): void {
    writeFileSync(join(this.directory, name), text);
  }

  stop(): void {
    this.process.kill('SIGKILL');
  }

  /** As `stop`, until its address is free. */
  async end(): Promise<void> {
    this.stop();
    await this.over;
  }
}

/**
 * Whether some process waits at this local port, as the kernel lists its sockets: with no other end.
 * @param address 127.0.0.x, or ::1; another process may have the same port of another one
 */
export function isBound(port: number, transport: 'udp' | 'tcp', address = '127.0.0.1'): boolean {
  const family = address.includes(':') ? '6' : '';
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const listed = readFileSync(`/proc/net/${transport}${family}`, 'latin1');
  const [anywhere, there] = family === '6' ? ['0'.repeat(32), LOOPBACK_6] : ['0'.repeat(8), listedAs(address)];
  return [anywhere, there].some((local) => listed.includes(` ${local}:${hex} ${anywhere}:0000 `));
}

/** ::1, as the kernel lists it: words of four octets in this machine's order. */
const LOOPBACK_6 = `${'0'.repeat(24)}01000000`;

const listedAs = (address: string): string =>
  Buffer.from(address.split('.').map(Number).toReversed()).toString('hex').toUpperCase();
