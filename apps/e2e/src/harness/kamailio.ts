import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePorts } from './ports.js';
import { isBound } from './sipp.js';
import { until } from './wait.js';

const CONFIG = resolve(import.meta.dirname, '../scenarios/kamailio-front.cfg');

/** A Kamailio in front of the server, as an edge proxy of someone else. */
export class Kamailio {
  private log = '';

  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    readonly port: number,
  ) {
    process.stderr?.on('data', (chunk: Buffer) => (this.log = (this.log + chunk.toString()).slice(-4000)));
  }

  /** @param serverPort UDP port of the server on loopback */
  static async startInFrontOf(serverPort: number): Promise<Kamailio> {
    const folder = mkdtempSync(join(tmpdir(), 'carillon-e2e-kamailio-'));
    const port = await freePorts(2);
    const values = [`LISTEN=udp:127.0.0.1:${port}`, `SERVER="sip:127.0.0.1:${serverPort}"`, `SERVERPORT=${serverPort}`];
    const args = ['-f', CONFIG, '-DD', '-E', '-m', '64', '-M', '8', '-Y', folder, '-w', folder];
    for (const value of values) args.push('-A', value);
    const child = spawn('kamailio', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    const kamailio = new Kamailio(child, folder, port);
    try {
      await until('Kamailio to listen', () => child.exitCode !== null || isBound(port, 'udp'));
      if (child.exitCode !== null) throw new Error(`Kamailio did not come up:\n${kamailio.log}`);
    } catch (error) {
      await kamailio.stop();
      throw error;
    }
    return kamailio;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      const ended = new Promise((settle) => this.process.once('exit', settle));
      this.process.kill('SIGTERM');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
