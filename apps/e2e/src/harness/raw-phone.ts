import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import type { Carillon } from './carillon.js';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const ANSWER_MS = 20_000;
/** RFC 3261 §17.1.2.1: T1, then twice as long each time. */
const FIRST_REPEAT_MS = 500;

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** A phone that writes its own REGISTERs over UDP, with one Call-ID and rising CSeq, as phones do. */
export class RawPhone {
  readonly contact: string;
  private readonly callId = randomBytes(8).toString('hex');
  private readonly waiting = new Map<string, (text: string) => void>();
  private sequence = 0;

  private constructor(
    private readonly carillon: Carillon,
    private readonly socket: Socket,
    private readonly extension: string,
  ) {
    this.contact = `sip:${extension}@127.0.0.1:${socket.address().port}`;
    socket.on('message', (bytes) => {
      const text = bytes.toString();
      const branch = /branch=([^;\s]+)/.exec(text)?.[1] ?? '';
      this.waiting.get(branch)?.(text);
    });
  }

  static async plugIn(carillon: Carillon, extension: string): Promise<RawPhone> {
    const socket = createSocket('udp4');
    await new Promise<void>((bound) => {
      socket.bind(0, '127.0.0.1', bound);
    });
    return new RawPhone(carillon, socket, extension);
  }

  /** REGISTER, and again with credentials where they are asked for. @param lines instead of Contact and Expires */
  async register(expires: number, lines?: readonly string[]): Promise<RawAnswer> {
    const own = lines ?? [`Contact: <${this.contact}>`, `Expires: ${expires}`];
    const challenge = await this.ask(own);
    if (challenge.status !== 401) return challenge;
    return this.ask([...own, this.credentials(challenge.text)]);
  }

  /** Seconds that this phone's binding has left, as the server says; undefined where there is none. */
  async secondsLeft(): Promise<number | undefined> {
    const { status, text } = await this.register(0, []);
    if (status !== 200) throw new Error(`Not answered with 200:\n${text}`);
    const line = text.split('\r\n').find((one) => one.startsWith('Contact:') && one.includes(this.contact));
    const seconds = /expires=(\d+)/.exec(line ?? '')?.[1];
    return seconds === undefined ? undefined : Number(seconds);
  }

  unplug(): void {
    this.socket.close();
  }

  private ask(lines: readonly string[]): Promise<RawAnswer> {
    const { domain } = this.carillon.demo.sip;
    this.sequence += 1;
    const branch = `z9hG4bK${randomBytes(6).toString('hex')}`;
    const message = Buffer.from(
      [
        `REGISTER sip:${domain} SIP/2.0`,
        `Via: SIP/2.0/UDP 127.0.0.1:${this.socket.address().port};branch=${branch};rport`,
        'Max-Forwards: 70',
        `From: <sip:${this.extension}@${domain}>;tag=${this.callId}`,
        `To: <sip:${this.extension}@${domain}>`,
        `Call-ID: ${this.callId}`,
        `CSeq: ${this.sequence} REGISTER`,
        ...lines,
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
    return new Promise((settle, reject) => {
      let repeat: NodeJS.Timeout;
      const done = (): void => {
        clearTimeout(repeat);
        clearTimeout(over);
        this.waiting.delete(branch);
      };
      const over = setTimeout(() => {
        done();
        reject(new Error(`No answer to the REGISTER of ${this.extension} within ${ANSWER_MS} ms`));
      }, ANSWER_MS);
      this.waiting.set(branch, (text) => {
        done();
        settle({ status: Number(text.slice(8, 11)), text });
      });
      const send = (nextMs: number): void => {
        this.socket.send(message, this.carillon.sipPort, '127.0.0.1');
        repeat = setTimeout(() => send(nextMs * 2), nextMs);
      };
      send(FIRST_REPEAT_MS);
    });
  }

  /** Digest with MD5 (RFC 7616 §3.4.1). */
  private credentials(challenge: string): string {
    const { domain } = this.carillon.demo.sip;
    const { sipUser, sipPassword } = this.carillon.staff(this.extension);
    const line = challenge.split('\r\n').find((one) => /^WWW-Authenticate:.*algorithm=MD5\b(?!-)/.test(one)) ?? '';
    const [realm, nonce] = ['realm', 'nonce'].map((name) => new RegExp(`${name}="([^"]*)"`).exec(line)?.[1] ?? '');
    const uri = `sip:${domain}`;
    const hashes = [md5(`${sipUser}:${realm}:${sipPassword}`), md5(`REGISTER:${uri}`)];
    const response = md5(`${hashes[0]}:${nonce}:00000001:raw:auth:${hashes[1]}`);
    return (
      `Authorization: Digest username="${sipUser}",realm="${realm}",nonce="${nonce}",uri="${uri}",` +
      `response="${response}",algorithm=MD5,cnonce="raw",qop=auth,nc=00000001`
    );
  }
}
