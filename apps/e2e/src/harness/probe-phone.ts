import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import type { Carillon } from './carillon.js';
import { until } from './wait.js';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const token = (): string => randomBytes(6).toString('hex');
/** Of the topmost Via. */
const branchOf = (text: string): string => /branch=([^;\s]+)/.exec(text)?.[1] ?? '';
/** How long an answer is waited for, unless a test says otherwise. */
const ANSWER_MS = 15_000;
/** RFC 3261 §17.1.2.1: T1, then twice as long each time. */
const FIRST_REPEAT_MS = 500;

export interface ProbeAnswer {
  readonly status: number;
  readonly reason: string;
  readonly text: string;
}

/** What a request says beside its method and Request-URI. */
export interface Probe {
  readonly lines?: readonly string[];
  readonly body?: string;
  /** Of the dialog that it belongs to, as its own requests have them. */
  readonly callId?: string;
  readonly to?: string;
  /** The user of From and To is the extension's where left out. */
  readonly password?: string;
}

/** Asks one thing at a time over UDP, with its password where that is wanted, and answers whatever comes with 200. */
export class ProbePhone {
  readonly requests: string[] = [];
  readonly contact: string;
  private readonly tag = token();
  private readonly waiting = new Map<string, (text: string) => void>();
  /** Of the requests that have come, to know their repeats (RFC 3261 §17.2.3). */
  private readonly taken = new Set<string>();
  private sequence = 0;

  private constructor(
    private readonly carillon: Carillon,
    private readonly socket: Socket,
    private readonly extension: string,
    private readonly answerMs: number,
  ) {
    this.contact = `sip:${extension}@127.0.0.1:${socket.address().port}`;
    socket.on('message', (bytes) => this.receive(bytes.toString()));
  }

  static async plugIn(carillon: Carillon, extension: string, answerMs = ANSWER_MS): Promise<ProbePhone> {
    const socket = createSocket('udp4');
    await new Promise<void>((bound) => {
      socket.bind(0, '127.0.0.1', bound);
    });
    return new ProbePhone(carillon, socket, extension, answerMs);
  }

  unplug(): void {
    this.socket.close();
  }

  get address(): string {
    return `sip:${this.extension}@${this.carillon.demo.sip.domain}`;
  }

  /** @returns the final answer, after the challenge */
  async ask(method: string, uri: string, probe: Probe = {}): Promise<ProbeAnswer> {
    const asked = { ...probe, callId: probe.callId ?? token() };
    const first = await this.send(method, uri, asked);
    if (first.status !== 401) return first;
    const lines = [...(probe.lines ?? []), this.credentials(method, uri, { challenge: first.text, ...probe })];
    return this.send(method, uri, { ...asked, lines });
  }

  /** REGISTER of its own address, under one Call-ID. */
  register(lines: readonly string[]): Promise<ProbeAnswer> {
    const uri = `sip:${this.carillon.demo.sip.domain}`;
    return this.ask('REGISTER', uri, { lines, callId: this.tag, to: `<${this.address}>` });
  }

  /** REGISTER of its own contact. @param expires seconds */
  registerFor(expires: number): Promise<ProbeAnswer> {
    return this.register([`Contact: <${this.contact}>`, `Expires: ${expires}`]);
  }

  /** Seconds that this phone's binding has left, as the server says; undefined where there is none. */
  async secondsLeft(): Promise<number | undefined> {
    const { status, text } = await this.register([]);
    if (status !== 200) throw new Error(`Not answered with 200:\n${text}`);
    const line = text.split('\r\n').find((one) => one.startsWith('Contact:') && one.includes(this.contact));
    const seconds = /expires=(\d+)/.exec(line ?? '')?.[1];
    return seconds === undefined ? undefined : Number(seconds);
  }

  /** The next request with this method that has come, or comes. */
  async next(method: string): Promise<string> {
    const isIt = (text: string): boolean => text.startsWith(`${method} `);
    await until(`${method} at ${this.extension}`, () => this.requests.some(isIt));
    return this.requests.splice(this.requests.findIndex(isIt), 1)[0] ?? '';
  }

  private receive(text: string): void {
    if (text.startsWith('SIP/2.0 ')) {
      this.waiting.get(branchOf(text))?.(text);
      return;
    }
    if (!text.includes('\r\n\r\n')) return;
    const transaction = `${branchOf(text)} ${/^CSeq:[ \t]*(.*)$/im.exec(text)?.[1] ?? ''}`;
    if (!this.taken.has(transaction)) this.requests.push(text);
    this.taken.add(transaction);
    const kept = text.split('\r\n').filter((line) => /^(?:via|from|to|call-id|cseq):/i.test(line));
    this.socket.send(
      ['SIP/2.0 200 OK', ...kept, 'Content-Length: 0', '', ''].join('\r\n'),
      this.carillon.sipPort,
      '127.0.0.1',
    );
  }

  private send(
    method: string,
    uri: string,
    { lines = [], body = '', callId, to = `<${uri}>` }: Probe & { readonly callId: string },
  ): Promise<ProbeAnswer> {
    this.sequence += 1;
    const branch = `z9hG4bK${token()}`;
    const message = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${this.socket.address().port};branch=${branch};rport`,
      'Max-Forwards: 70',
      `From: <${this.address}>;tag=${this.tag}`,
      `To: ${to}`,
      `Call-ID: ${callId}`,
      `CSeq: ${this.sequence} ${method}`,
      ...lines,
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n');
    return new Promise((settle, reject) => {
      let repeat: NodeJS.Timeout;
      const over = (): void => {
        clearTimeout(repeat);
        clearTimeout(limit);
        this.waiting.delete(branch);
      };
      const limit = setTimeout(() => {
        over();
        reject(new Error(`No answer to ${method} of ${this.extension} within ${this.answerMs} ms`));
      }, this.answerMs);
      this.waiting.set(branch, (text) => {
        const status = Number(text.slice(8, 11));
        if (status < 200) return;
        over();
        settle({ status, reason: text.slice(12, text.indexOf('\r\n')), text });
      });
      const go = (nextMs: number): void => {
        this.socket.send(message, this.carillon.sipPort, '127.0.0.1');
        repeat = setTimeout(() => go(nextMs * 2), nextMs);
      };
      go(FIRST_REPEAT_MS);
    });
  }

  /** Digest with MD5 (RFC 7616 §3.4.1). */
  private credentials(
    method: string,
    uri: string,
    { challenge, password }: { challenge: string; password?: string },
  ): string {
    const { sipUser, sipPassword } = this.carillon.staff(this.extension);
    const line = challenge.split('\r\n').find((one) => /^WWW-Authenticate:.*algorithm=MD5\b(?!-)/.test(one)) ?? '';
    const [realm, nonce] = ['realm', 'nonce'].map((name) => new RegExp(`${name}="([^"]*)"`).exec(line)?.[1] ?? '');
    const hashes = [md5(`${sipUser}:${realm}:${password ?? sipPassword}`), md5(`${method}:${uri}`)];
    const response = md5(`${hashes[0]}:${nonce}:00000001:probe:auth:${hashes[1]}`);
    return (
      `Authorization: Digest username="${sipUser}",realm="${realm}",nonce="${nonce}",uri="${uri}",` +
      `response="${response}",algorithm=MD5,cnonce="probe",qop=auth,nc=00000001`
    );
  }
}
