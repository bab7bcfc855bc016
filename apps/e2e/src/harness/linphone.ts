import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './ports.js';
import { measureTone, writeTone } from './tones.js';
import { until } from './wait.js';
import { readWav, type Sound } from './wav.js';

export interface LinphoneOptions {
  readonly user: string;
  readonly password: string;
  readonly domain: string;
  readonly serverPort: number;
  readonly transport?: 'udp' | 'tls';
  /** PEM file of authorities that the server's certificate must come from (TLS). */
  readonly authorities?: string;
  /** Frequency of the tone that it speaks, Hz. */
  readonly tone: number;
  readonly answer?: 'auto' | 'manual';
  /** The codec that it offers first. */
  readonly codec?: keyof typeof CODECS;
  /** SRTP with keys in SDP, and nothing else; plain RTP unless told so. */
  readonly mediaEncryption?: 'srtp';
}

/** Name, clock rate in Hz and channels, as Linphone's settings write them. */
const CODECS = { pcmu: ['PCMU', 8000, 1], g722: ['G722', 8000, 1], opus: ['opus', 48000, 2] } as const;

/** It takes the next pair for each call, and asks nobody whether that is free. */
const RTP_PORTS = 20;

/** Linphone's files take the place of a sound card at this rate. */
const FILE_RATE = 16_000;

/** A real Linphone at the console, without a sound card: it speaks a tone from a file and records what it hears. */
export class Linphone {
  /** What it printed. */
  output = '';
  private readonly directory = mkdtempSync(join(tmpdir(), 'linphone-'));
  private process: ChildProcess | undefined;

  private constructor(readonly options: LinphoneOptions) {}

  /** Starts it and waits until it has registered. */
  static async start(options: LinphoneOptions): Promise<Linphone> {
    const phone = new Linphone(options);
    try {
      await phone.launch();
      await phone.logs(/to \[LinphoneRegistrationOk\]/);
      if (options.codec !== undefined) await phone.keepCodec(options.codec);
    } catch (error) {
      await phone.stop();
      throw error;
    }
    return phone;
  }

  private async launch(): Promise<void> {
    const { tone, answer = 'auto' } = this.options;
    const home = join(this.directory, 'home');
    // Without these directories its databases cannot be made.
    mkdirSync(join(home, '.local/share/linphone'), { recursive: true });
    mkdirSync(join(home, '.config/linphone'), { recursive: true });
    const configuration = join(this.directory, 'linphonerc');
    writeFileSync(configuration, (await this.configuration()).join('\n') + '\n');
    const file = writeTone(join(this.directory, 'tone.wav'), tone, { sampleRate: FILE_RATE, seconds: 60 });
    const child = spawn('linphonec', ['-c', configuration, '-d', '6', '-l', this.logFile], {
      env: { ...process.env, HOME: home, LC_ALL: 'C' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.process = child;
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString('latin1')).slice(-1_000_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.command('soundcard use files');
    this.command(`play ${file}`);
    this.command(`record ${this.recording}`);
    if (answer === 'auto') this.command('autoanswer enable');
  }

  /** Its settings: one account, no network watching (on loopback it would find itself without a network). */
  private async configuration(): Promise<string[]> {
    const { user, password, domain, serverPort, transport = 'udp', authorities, codec = 'pcmu' } = this.options;
    const { mediaEncryption = 'none' } = this.options;
    const [mime, rate, channels] = CODECS[codec];
    const sipPort = await freePorts();
    const rtpPort = await freePorts(RTP_PORTS);
    const route = `<sip:127.0.0.1:${serverPort};transport=${transport};lr>`;
    return [
      '[sip]',
      'auto_net_state_mon=0',
      `sip_port=${transport === 'udp' ? sipPort : 0}`,
      'sip_tcp_port=0',
      `sip_tls_port=${transport === 'tls' ? -1 : 0}`,
      'guess_hostname=0',
      `contact="${user}" <sip:${user}@127.0.0.1>`,
      'default_proxy=0',
      'register_only_when_network_is_up=0',
      `media_encryption=${mediaEncryption}`,
      `media_encryption_mandatory=${mediaEncryption === 'none' ? 0 : 1}`,
      `verify_server_certs=${authorities === undefined ? 0 : 1}`,
      // Its TLS library reads no IP addresses in certificates, so the name is not checked; the issuer is.
      'verify_server_cn=0',
      ...(authorities === undefined ? [] : [`root_ca=${authorities}`]),
      '[net]',
      'mtu=1300',
      'force_ice_disablement=1',
      '[rtp]',
      `audio_rtp_port=${rtpPort}`,
      '[sound]',
      'echocancellation=0',
      '[proxy_0]',
      `reg_proxy=<sip:127.0.0.1:${serverPort};transport=${transport}>`,
      `reg_route=${route}`,
      `reg_identity=sip:${user}@${domain}`,
      'reg_expires=600',
      'reg_sendregister=1',
      'publish=0',
      '[auth_info_0]',
      `username=${user}`,
      `passwd=${password}`,
      `domain=${domain}`,
      '[audio_codec_0]',
      `mime=${mime}`,
      `rate=${rate}`,
      `channels=${channels}`,
      'enabled=1',
    ];
  }

  /** Offers one codec alone; its settings do not say so. */
  private async keepCodec(codec: keyof typeof CODECS): Promise<void> {
    const [mime] = CODECS[codec];
    const line = new RegExp(`(\\d+): ${mime} \\(`);
    this.command('codec list');
    const [, number = ''] = await until(`Linphone to list ${mime}`, () => line.exec(this.output));
    this.command('codec disable all');
    this.command(`codec enable ${number}`);
  }

  private get recording(): string {
    return join(this.directory, 'heard.wav');
  }
  private get logFile(): string {
    return join(this.directory, 'linphone.log');
  }

  /** Types a line at its console. */
  command(line: string): void {
    this.process?.stdin?.write(`${line}\n`);
  }

  dial(number: string): void {
    this.command(`call sip:${number}@${this.options.domain}`);
  }
  /** Transfers a call blindly. @param call number that Linphone counts from 1 */
  transfer(number: string, call = 1): void {
    this.command(`transfer ${call} sip:${number}@${this.options.domain}`);
  }

  /** Writes a message to a number. */
  write(number: string, text: string): void {
    this.command(`chat sip:${number}@${this.options.domain} ${text}`);
  }

  /** Its log, with every SIP message. */
  get log(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
  }

  /** Waits until its log has a line for the `count`-th time. */
  async logs(line: RegExp, { count = 1 } = {}): Promise<void> {
    const every = new RegExp(line.source, 'g');
    await until(`${this.options.user} to log ${line}`, () => (this.log.match(every)?.length ?? 0) >= count).catch(
      (error: unknown) => {
        throw new Error(`${(error as Error).message}; it said:\n${this.output}\n${this.log.slice(-6000)}`, {
          cause: error,
        });
      },
    );
  }

  /** Waits until sound flows, for the `count`-th time. */
  inCall(count = 1): Promise<void> {
    return this.logs(/to LinphoneCallStreamsRunning/, { count });
  }

  /**
   * Waits until its recording has more than so many seconds of a tone. It is whole only once sound has stopped: after the
   * end of a call, or a hold.
   * @param before `secondsHeard` of an earlier time, which do not count
   */
  async hears(hertz: number, seconds = 1.5, before = 0): Promise<void> {
    let heard = 0;
    await until(`${this.options.user} to have heard ${hertz} Hz for ${seconds} s`, () => {
      heard = this.secondsHeard(hertz) - before;
      return heard > seconds;
    }).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; it heard ${heard.toFixed(1)} s of it`, { cause: error });
    });
  }

  /** Of a tone, in all its calls together. */
  secondsHeard(hertz: number): number {
    return measureTone(this.heard(), hertz).seconds;
  }

  /** What it heard, in all its calls together. */
  heard(): Sound {
    return readWav(this.recording);
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
    rmSync(this.directory, { recursive: true, force: true });
  }
}
