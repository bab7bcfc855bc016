import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './ports.js';
import { BEEP_HZ, loudSeconds, measureTone, writeTone } from './tones.js';
import { sleep, until } from './wait.js';
import { readWav, type Sound } from './wav.js';

export interface BaresipEvent {
  readonly type: string;
  readonly param?: string;
  readonly peeruri?: string;
  readonly direction?: string;
}

export interface BaresipOptions {
  readonly user: string;
  readonly password: string;
  readonly domain: string;
  /** 127.0.0.1 unless given; at `::1` it has IPv6 alone. */
  readonly serverHost?: string;
  readonly serverPort: number;
  readonly transport?: 'udp' | 'tcp' | 'tls';
  /** PEM file of authorities that the server's certificate must come from (TLS). */
  readonly authorities?: string;
  /** Frequency of the tone that it speaks, Hz. */
  readonly tone: number;
  /** How long it speaks at most: where its tone ends, baresip hangs up. Longer than a test may take, unless given. */
  readonly toneSeconds?: number;
  readonly answer?: 'auto' | 'manual';
  readonly codec?: 'pcmu' | 'pcma' | 'g722' | 'opus';
  readonly mwi?: boolean;
  /** `srtp`: keys beside RTP/AVP; `srtp-mand`: RTP/SAVP only; `dtls_srtp`: DTLS without ICE. Without it, plain RTP. */
  readonly mediaEncryption?: 'srtp' | 'srtp-mand' | 'dtls_srtp';
  /** RTP and RTCP on one port. */
  readonly rtcpMux?: boolean;
  /** Watches its connection, and registers again as soon as that breaks (RFC 5626). */
  readonly keepsFlow?: boolean;
  /** Registers at start. */
  readonly register?: boolean;
  /** The one entry of its contacts: whom it writes to. */
  readonly contact?: string;
}

const IPV4 = { flag: '-4', address: '127.0.0.1', host: '127.0.0.1' };
const WAV_HEADER_OCTETS = 44;
/** Greetings come before tones. */
const TONE_BEGINS_MS = 30_000;
/** What is missing of a tone that flows, all together, at most. */
const GAPS_MS = 3000;
const SAMPLE_RATES = { pcmu: 8000, pcma: 8000, g722: 16_000, opus: 48000 } as const;

/** A real baresip phone without a sound card: it speaks a tone and records what it hears. */
export class Baresip {
  readonly events: BaresipEvent[] = [];
  log = '';
  private readonly directory = mkdtempSync(join(tmpdir(), 'baresip-'));
  private process: ChildProcess | undefined;
  private control: Socket | undefined;
  private token = 0;
  private received = Buffer.alloc(0);

  private constructor(readonly options: BaresipOptions) {}

  static async start(options: BaresipOptions): Promise<Baresip> {
    const phone = new Baresip(options);
    try {
      await phone.launch();
      if (options.register !== false) await phone.registered();
    } catch (error) {
      // Left running, it would try again, and take the calls of later tests.
      await phone.stop();
      throw error;
    }
    return phone;
  }

  private async launch(): Promise<void> {
    const {
      user,
      password,
      domain,
      serverHost = '127.0.0.1',
      serverPort,
      transport = 'udp',
      tone,
      toneSeconds = 200,
      answer = 'auto',
      codec = 'pcmu',
      mwi = false,
    } = this.options;
    const own = serverHost === '::1' ? { flag: '-6', address: '::1', host: '[::1]' } : IPV4;
    const server = serverHost === '::1' ? own.host : serverHost;
    const sipPort = await freePorts(2);
    const controlPort = await freePorts();
    const rtpPort = await freePorts(20);
    const rate = SAMPLE_RATES[codec];
    const channels = codec === 'opus' ? 2 : 1;
    mkdirSync(join(this.directory, 'recordings'));
    const wav = writeTone(join(this.directory, 'tone.wav'), tone, { sampleRate: rate, channels, seconds: toneSeconds });
    const { mediaEncryption } = this.options;
    const modules = [
      ...['g711', 'g722', 'opus', 'aubridge', 'aufile', 'sndfile'],
      ...(mediaEncryption === undefined ? [] : [mediaEncryption === 'dtls_srtp' ? 'dtls_srtp' : 'srtp']),
    ];
    // Before the account, whose instance it names.
    const identity = this.options.keepsFlow === true ? ['uuid'] : [];
    const applications = [...identity, 'account', 'contact', 'menu', 'ctrl_tcp', ...(mwi ? ['mwi'] : [])];
    const config = [
      'poll_method epoll',
      `sip_listen ${own.host}:${sipPort}`,
      'call_local_timeout 60',
      'call_max_calls 4',
      'audio_player aubridge,play',
      `audio_source aufile,${wav}`,
      'audio_alert aubridge,alert',
      `ausrc_srate ${rate}`,
      `auplay_srate ${rate}`,
      `ausrc_channels ${channels}`,
      `auplay_channels ${channels}`,
      'audio_level no',
      ...(this.options.rtcpMux === true ? ['rtcp_mux yes'] : []),
      `rtp_ports ${rtpPort}-${rtpPort + 19}`,
      'module_path /usr/lib/baresip/modules',
      ...modules.map((name) => `module ${name}.so`),
      ...applications.map((name) => `module_app ${name}.so`),
      `ctrl_tcp_listen 127.0.0.1:${controlPort}`,
      `snd_path ${join(this.directory, 'recordings')}`,
      ...(this.options.authorities === undefined ? [] : [`sip_cafile ${this.options.authorities}`]),
    ];
    writeFileSync(join(this.directory, 'config'), config.join('\n') + '\n');
    const codecName = { pcmu: 'pcmu', pcma: 'pcma', g722: 'g722/16000', opus: 'opus/48000/2' }[codec];
    const parameters = [
      `auth_user=${user}`,
      `auth_pass=${password}`,
      `outbound="sip:${server}:${serverPort};transport=${transport}"`,
      `regint=${this.options.register === false ? 0 : 120}`,
      `audio_codecs=${codecName}`,
      ...(mwi ? ['mwi=yes'] : []),
      ...(this.options.keepsFlow === true ? ['sipnat=outbound'] : []),
      ...(mediaEncryption === undefined ? [] : [`mediaenc=${mediaEncryption}`]),
      ...(answer === 'auto' ? ['answermode=auto'] : []),
    ];
    writeFileSync(
      join(this.directory, 'accounts'),
      `<sip:${user}@${domain};transport=${transport}>;${parameters.join(';')}\n`,
    );
    const { contact } = this.options;
    writeFileSync(
      join(this.directory, 'contacts'),
      contact === undefined ? '' : `"Other" <sip:${contact}@${domain}>\n`,
    );
    const child = spawn('baresip', [own.flag, '-s', '-f', this.directory, '-n', own.address], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = child;
    const keep = (chunk: Buffer): void => {
      this.log = (this.log + chunk.toString('latin1')).slice(-1_000_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.control = await until('baresip to listen for commands', () => this.connectControl(controlPort));
    this.control.on('data', (chunk: Buffer) => this.takeEvents(chunk));
  }

  private connectControl(port: number): Promise<Socket> {
    return new Promise((settle, fail) => {
      const socket = connect(port, '127.0.0.1', () => settle(socket));
      socket.once('error', fail);
    });
  }

  /** Events come as netstrings of JSON. */
  private takeEvents(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    for (;;) {
      const colon = this.received.indexOf(':');
      if (colon < 0) return;
      const length = Number(this.received.toString('latin1', 0, colon));
      if (this.received.length < colon + length + 2) return;
      const text = this.received.toString('utf8', colon + 1, colon + 1 + length);
      this.received = this.received.subarray(colon + length + 2);
      const value = JSON.parse(text) as BaresipEvent & { event?: boolean };
      if (value.event) this.events.push(value);
    }
  }

  private command(command: string, params = ''): void {
    const text = JSON.stringify({ command, params, token: String(++this.token) });
    this.control?.write(`${Buffer.byteLength(text)}:${text},`);
  }

  dial(number: string): void {
    this.command('dial', `sip:${number}@${this.options.domain}`);
  }
  accept(): void {
    this.command('accept');
  }
  hangUp(): void {
    this.command('hangup');
  }
  hold(): void {
    this.command('hold');
  }
  resume(): void {
    this.command('resume');
  }
  /** Sends the other side elsewhere (REFER). */
  transfer(number: string): void {
    this.command('transfer', `sip:${number}@${this.options.domain}`);
  }
  /** Writes a message to its contact. */
  write(text: string): void {
    this.command('contact_next');
    this.command('message', text);
  }
  /** Presses keys, one after another (RFC 4733). */
  async press(digits: string): Promise<void> {
    for (const digit of digits) {
      this.command('sndcode', digit);
      await sleep(120);
      this.command('sndcode', '\u0004');
      await sleep(100);
    }
  }

  /** Waits for the `count`-th event of that type since the start. */
  async seen(
    type: string,
    { count = 1, timeoutMs }: { count?: number; timeoutMs?: number } = {},
  ): Promise<BaresipEvent> {
    return until(
      `${this.options.user} to see ${type}`,
      () => this.events.filter((event) => event.type === type)[count - 1],
      timeoutMs === undefined ? {} : { timeoutMs },
    ).catch((error: unknown) => {
      const last = this.events.map((event) => `${event.type} ${event.param ?? ''}`).join('\n');
      throw new Error(`${(error as Error).message}; it saw:\n${last}\n${this.log.slice(-5000)}`, { cause: error });
    });
  }

  /** Waits until its log, which comes by another way than its events, has a line. */
  async logs(line: RegExp): Promise<void> {
    await until(`${this.options.user} to log ${line}`, () => line.test(this.log)).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}:\n${this.log.slice(-5000)}`, { cause: error });
    });
  }

  /** The event may come before anybody listens for events: the phone's own log tells as well. */
  private async registered(): Promise<void> {
    await until(`${this.options.user} to register`, () => {
      return this.count('REGISTER_OK') > 0 || /\[\d+ bindings?\]|registered successfully/.test(this.log);
    }).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}:\n${this.log.slice(-5000)}`, { cause: error });
    });
  }

  count(type: string): number {
    return this.events.filter((event) => event.type === type).length;
  }

  /** What it heard (`dec`) in its latest call, or in call number `call` from 0. */
  heard(call = -1): Sound {
    const file = this.recordings().at(call);
    if (file === undefined) throw new Error(`${this.options.user} recorded nothing`);
    return readWav(file);
  }

  /**
   * Waits until it has heard more than so many seconds of a tone from now on.
   * @param share of the sound's power that the tone has to hold
   * @throws Error where the tone does not begin, or comes with gaps
   */
  async hears(hertz: number, seconds = 2, share = 0.25): Promise<void> {
    const before = this.secondsHeard(hertz, share);
    let heard = 0;
    const hasHeard = (least: number) => (): boolean => {
      heard = this.secondsHeard(hertz, share) - before;
      return heard > least;
    };
    try {
      await until(`${this.options.user} to hear ${hertz} Hz`, hasHeard(0), { timeoutMs: TONE_BEGINS_MS });
      await until(`${this.options.user} to hear ${hertz} Hz for ${seconds} s`, hasHeard(seconds), {
        timeoutMs: seconds * 1000 + GAPS_MS,
        everyMs: 100,
      });
    } catch (error) {
      throw new Error(`${(error as Error).message}; it heard ${heard.toFixed(1)} s of it`, { cause: error });
    }
  }

  /** Waits until a mailbox has greeted it and gives the tone after which one speaks; no voice is as pure. */
  hearsBeep(): Promise<void> {
    return this.hears(BEEP_HZ, 0.2, 0.8);
  }

  /** Waits until it has heard so many seconds that are no silence in its latest call. */
  hearsSound(seconds: number): Promise<unknown> {
    return until(`${this.options.user} to hear something for ${seconds} s`, () => loudSeconds(this.heard()) > seconds);
  }

  /** In all its calls; a recording that is only just begun has nothing to read. */
  private secondsHeard(hertz: number, share: number): number {
    return this.recordings()
      .filter((file) => statSync(file).size > WAV_HEADER_OCTETS)
      .reduce((sum, file) => sum + measureTone(readWav(file), hertz, share).seconds, 0);
  }

  /**
   * Waits until sound flows both ways, or neither, as the phone itself counts it over the last three seconds. It records
   * nothing any more once it has held or was held: this is what tells whether a call goes on. Ask in turn (it flows, holds,
   * flows again), since a new call counts nothing for its first seconds.
   */
  async soundFlows(flows = true): Promise<void> {
    const from = this.log.length;
    await until(`${this.options.user} to count ${flows ? 'sound both ways' : 'no sound'}`, () => {
      const [, sent, received] = [...this.log.slice(from).matchAll(/audio=(\d+)\/(\d+)/g)].at(-1) ?? [];
      if (sent === undefined || received === undefined) return false;
      return flows ? Number(sent) > 0 && Number(received) > 0 : Number(sent) + Number(received) === 0;
    });
  }

  /** Of what it heard, oldest first. */
  private recordings(): string[] {
    const folder = join(this.directory, 'recordings');
    const names = readdirSync(folder).filter((name) => name.endsWith('-dec.wav'));
    return names.toSorted().map((name) => join(folder, name));
  }

  async stop(): Promise<void> {
    const child = this.process;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const over = new Promise((settle) => child.once('exit', settle));
      this.command('quit');
      const force = setTimeout(() => child.kill('SIGKILL'), 4000);
      await over;
      clearTimeout(force);
    }
    this.control?.destroy();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
