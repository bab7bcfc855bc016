import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import type { Carillon, DemoStaff } from './carillon.js';
import { PacketTalk } from './packet-talk.js';
import { until } from './wait.js';

/** How a phone writes: what a well-bred one would send, and what this one sends instead. */
export type Manner = (message: string) => string;

interface Dialog {
  readonly callId: string;
  readonly local: string;
  readonly remote: string;
  readonly target: string;
  sequence: number;
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const token = (): string => randomBytes(6).toString('hex');
const ANSWER_MS = 15_000;
/** RFC 3261 §17.1.1.2, §17.1.2.2: T1, then twice as long each time. */
const FIRST_REPEAT_MS = 500;

/** A phone over UDP that registers, calls, and takes every call, all in its own manner; it speaks in packets of one octet. */
export class OddPhone {
  readonly talk: PacketTalk;
  private readonly staff: DemoStaff;
  private readonly answers = new Map<string, (text: string) => void>();
  private readonly registerCallId = token();
  private sequence = 0;
  private dialog: Dialog | undefined;
  private ended = false;

  private constructor(
    private readonly carillon: Carillon,
    private readonly extension: string,
    private readonly parts: { readonly socket: Socket; readonly talk: PacketTalk; readonly manner: Manner },
  ) {
    this.staff = carillon.staff(extension);
    this.talk = parts.talk;
    parts.socket.on('message', (bytes) => this.receive(bytes.toString()));
  }

  /** @param speaks the octet that its sound is made of, as G.711 µ-law */
  static async plugIn(carillon: Carillon, extension: string, speaks: number, manner: Manner): Promise<OddPhone> {
    const socket = createSocket('udp4');
    await new Promise<void>((bound) => {
      socket.bind(0, '127.0.0.1', bound);
    });
    return new OddPhone(carillon, extension, { socket, talk: await PacketTalk.open(speaks), manner });
  }

  unplug(): void {
    this.talk.close();
    this.parts.socket.close();
  }

  /** @returns the status of the last answer */
  async register(expires = 300): Promise<number> {
    const own = `<sip:${this.extension}@${this.domain}>`;
    const ids = { callId: this.registerCallId, from: `${own};tag=${this.registerCallId}`, to: own };
    const lines = [`Contact: <${this.contact}>`, `Expires: ${expires}`];
    const uri = `sip:${this.domain}`;
    const { status } = await this.askWithPassword('REGISTER', uri, (more) => [...head(ids), ...lines, ...more]);
    return status;
  }

  /** Calls, and talks when the other side answers. @returns the final status */
  async call(number: string): Promise<number> {
    this.ended = false;
    const uri = `sip:${number}@${this.domain}`;
    const ids = { callId: token(), from: `<sip:${this.extension}@${this.domain}>;tag=${token()}`, to: `<${uri}>` };
    const contact = `Contact: <${this.contact}>`;
    const linesOf = (more: readonly string[]): readonly string[] => [...head(ids), contact, ...more];
    const { status, text } = await this.askWithPassword('INVITE', uri, linesOf, this.talk.description);
    if (status >= 300) return status;
    this.dialog = {
      callId: ids.callId,
      local: ids.from,
      remote: header(text, 'to'),
      target: uriOf(header(text, 'contact')),
      sequence: this.sequence,
    };
    this.talk.to(text);
    this.inDialog('ACK', this.sequence);
    return status;
  }

  /** Ends the call that it is in. @returns the status of the answer */
  async hangUp(): Promise<number> {
    const { dialog } = this;
    if (dialog === undefined) throw new Error(`${this.extension} is in no call`);
    dialog.sequence += 1;
    const { status } = await this.answerTo(dialog.sequence, 'BYE', () => this.inDialog('BYE', dialog.sequence));
    return status;
  }

  /** Until the other side has hung up. */
  async isLeft(): Promise<void> {
    await until(`the end of ${this.extension}'s call`, () => this.ended);
  }

  private get domain(): string {
    return this.carillon.demo.sip.domain;
  }

  private get port(): number {
    return this.parts.socket.address().port;
  }

  private get contact(): string {
    return `sip:${this.extension}@127.0.0.1:${this.port}`;
  }

  private write(lines: readonly string[], body = ''): void {
    const type = body === '' ? [] : ['Content-Type: application/sdp'];
    const text = [...lines, ...type, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
    this.parts.socket.send(this.parts.manner(text), this.carillon.sipPort, '127.0.0.1');
  }

  private via(branch: string): string {
    return `Via: SIP/2.0/UDP 127.0.0.1:${this.port};branch=${branch};rport`;
  }

  private inDialog(method: string, sequence: number): void {
    const { dialog } = this;
    if (dialog === undefined) return;
    const lines = head({ callId: dialog.callId, from: dialog.local, to: dialog.remote });
    const start = `${method} ${dialog.target} SIP/2.0`;
    this.write([start, this.via(`z9hG4bK${token()}`), 'Max-Forwards: 70', ...lines, `CSeq: ${sequence} ${method}`]);
  }

  private async askWithPassword(
    method: string,
    uri: string,
    linesOf: (more: readonly string[]) => readonly string[],
    body?: string,
  ): Promise<{ status: number; text: string }> {
    const first = await this.ask(method, uri, linesOf([]), body);
    if (first.status !== 401) return first;
    return this.ask(method, uri, linesOf([this.credentials(method, uri, first.text)]), body);
  }

  private ask(
    method: string,
    uri: string,
    lines: readonly string[],
    body?: string,
  ): Promise<{ status: number; text: string }> {
    this.sequence += 1;
    const sequence = this.sequence;
    const via = this.via(`z9hG4bK${token()}`);
    const request = [`${method} ${uri} SIP/2.0`, via, 'Max-Forwards: 70', ...lines, `CSeq: ${sequence} ${method}`];
    const answered = this.answerTo(sequence, method, () => this.write(request, body));
    if (method !== 'INVITE') return answered;
    return answered.then((answer) => {
      if (answer.status >= 300) {
        const same = lines.filter((line) => /^(?:From|Call-ID):/.test(line));
        const to = `To: ${header(answer.text, 'to')}`;
        this.write([`ACK ${uri} SIP/2.0`, via, 'Max-Forwards: 70', ...same, to, `CSeq: ${sequence} ACK`]);
      }
      return answer;
    });
  }

  /** Sends until there is an answer. */
  private answerTo(sequence: number, method: string, send: () => void): Promise<{ status: number; text: string }> {
    const key = `${sequence} ${method}`;
    return new Promise((settle, reject) => {
      let repeat: NodeJS.Timeout;
      const over = (): void => {
        clearTimeout(repeat);
        clearTimeout(limit);
        this.answers.delete(key);
      };
      const limit = setTimeout(() => {
        over();
        reject(new Error(`No answer to ${key} of ${this.extension} within ${ANSWER_MS} ms`));
      }, ANSWER_MS);
      this.answers.set(key, (text) => {
        const status = Number(text.slice(8, 11));
        clearTimeout(repeat);
        if (status < 200) return;
        over();
        settle({ status, text });
      });
      const go = (nextMs: number): void => {
        send();
        repeat = setTimeout(() => go(nextMs * 2), nextMs);
      };
      go(FIRST_REPEAT_MS);
    });
  }

  private receive(text: string): void {
    if (text.startsWith('SIP/2.0 ')) {
      const [sequence = '', method = ''] = header(text, 'cseq').split(/\s+/);
      this.answers.get(`${Number(sequence)} ${method.toUpperCase()}`)?.(text);
      return;
    }
    const method = text.slice(0, text.indexOf(' '));
    if (method === 'ACK') return;
    if (method === 'BYE') this.ended = true;
    const kept = text.split('\r\n').filter((line) => /^(?:via|from|call-id|cseq|record-route):/i.test(line));
    const to = header(text, 'to');
    const tagged = /;tag=/i.test(to) ? to : `${to};tag=${this.registerCallId}`;
    const reply = (status: string, body = ''): void =>
      this.write([`SIP/2.0 ${status}`, ...kept, `To: ${tagged}`, `Contact: <${this.contact}>`], body);
    if (method !== 'INVITE') {
      reply('200 OK');
      return;
    }
    this.ended = false;
    const target = uriOf(header(text, 'contact'));
    this.dialog = { callId: header(text, 'call-id'), local: tagged, remote: header(text, 'from'), target, sequence: 0 };
    this.talk.to(text);
    reply('180 Ringing');
    reply('200 OK', this.talk.description);
  }

  /** Digest with MD5 (RFC 7616 §3.4.1). */
  private credentials(method: string, uri: string, challenge: string): string {
    const { sipUser, sipPassword } = this.staff;
    const line = challenge.split('\r\n').find((one) => /^WWW-Authenticate:.*algorithm=MD5\b(?!-)/.test(one)) ?? '';
    const [realm, nonce] = ['realm', 'nonce'].map((name) => new RegExp(`${name}="([^"]*)"`).exec(line)?.[1] ?? '');
    const hashes = [md5(`${sipUser}:${realm}:${sipPassword}`), md5(`${method}:${uri}`)];
    const response = md5(`${hashes[0]}:${nonce}:00000001:odd:auth:${hashes[1]}`);
    return (
      `Authorization: Digest username="${sipUser}", realm="${realm}", nonce="${nonce}", uri="${uri}", ` +
      `response="${response}", algorithm=MD5, cnonce="odd", qop=auth, nc=00000001`
    );
  }
}

function head({ callId, from, to }: { callId: string; from: string; to: string }): string[] {
  return [`From: ${from}`, `To: ${to}`, `Call-ID: ${callId}`];
}

function header(text: string, name: string): string {
  return new RegExp(`^${name}:[ \\t]*(.*?)\\r$`, 'im').exec(text)?.[1] ?? '';
}

function uriOf(contact: string): string {
  return /<([^>]*)>/.exec(contact)?.[1] ?? contact;
}
