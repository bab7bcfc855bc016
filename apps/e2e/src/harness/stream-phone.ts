import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as secure } from 'node:tls';
import WebSocket from 'ws';
import type { Carillon } from './carillon.js';
import { until } from './wait.js';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const token = (): string => randomBytes(6).toString('hex');

const FINGERPRINT = Array.from({ length: 32 }, () => 'AB').join(':');

interface Body {
  readonly type: string;
  readonly text: string;
}

const NO_BODY: Body = { type: '', text: '' };

interface Wire {
  send(text: string): void;
  close(): void;
}

interface Dialog {
  readonly callId: string;
  readonly local: string;
  readonly remote: string;
  readonly target: string;
  readonly routes: readonly string[];
  sequence: number;
}

export type StreamTransport = 'tcp' | 'tls' | 'ws' | 'wss';

/** A phone behind one connection: it registers, publishes, calls, takes every call and sends no sound. */
export class StreamPhone {
  /** Methods and statuses that came. */
  readonly seen: string[] = [];
  closed = false;
  private wire: Wire | undefined;
  private received = '';
  private dialog: Dialog | undefined;
  private registerSequence = 0;
  private readonly registerCallId = token();
  private publishSequence = 0;
  private publishCallId = token();
  private readonly answers = new Map<string, (text: string) => void>();

  private constructor(
    private readonly carillon: Carillon,
    private readonly extension: string,
    private readonly transport: StreamTransport,
    private readonly wssPort: number | undefined,
  ) {}

  /** Connects and registers. @param wssPort where `wss` leads */
  static async plugIn(
    carillon: Carillon,
    extension: string,
    transport: StreamTransport,
    wssPort?: number,
  ): Promise<StreamPhone> {
    const phone = new StreamPhone(carillon, extension, transport, wssPort);
    phone.wire = await (phone.isWeb ? phone.dialWebSocket() : phone.dial());
    const status = await phone.register();
    if (status !== 200) throw new Error(`REGISTER of ${extension} was answered with ${status}`);
    return phone;
  }

  /** Ends the connection without a word. */
  unplug(): void {
    this.wire?.close();
  }

  async register(): Promise<number> {
    const uri = `sip:${this.domain}`;
    const lines = [`Contact: <${this.contact}>`, 'Expires: 300'];
    return this.askWithCredentials('REGISTER', uri, (more) => {
      this.registerSequence += 1;
      return [
        `From: <sip:${this.extension}@${this.domain}>;tag=${this.registerCallId}`,
        `To: <sip:${this.extension}@${this.domain}>`,
        `Call-ID: ${this.registerCallId}`,
        `CSeq: ${this.registerSequence} REGISTER`,
        ...[...lines, ...more],
      ];
    }).then(({ status }) => status);
  }

  /** Resolves when the other side has answered. */
  async call(number: string): Promise<void> {
    const uri = `sip:${number}@${this.domain}`;
    const callId = token();
    const tag = token();
    const local = `<sip:${this.extension}@${this.domain}>;tag=${tag}`;
    let sequence = 0;
    const { status, text } = await this.askWithCredentials(
      'INVITE',
      uri,
      (more) => {
        sequence += 1;
        const head = [`From: ${local}`, `To: <${uri}>`, `Call-ID: ${callId}`, `CSeq: ${sequence} INVITE`];
        return [...head, `Contact: <${this.contact}>`, ...more];
      },
      { type: 'application/sdp', text: this.description() },
    );
    if (status !== 200) throw new Error(`INVITE was answered with ${status}`);
    const routes = headers(text, 'record-route').toReversed();
    const target = uriOf(header(text, 'contact'));
    this.dialog = { callId, local, remote: header(text, 'to'), target, routes, sequence };
    this.request('ACK', this.dialog, sequence);
  }

  /** RFC 3903. @param ifMatch tag of what it changes or, without a document, refreshes */
  async publish(document: string, ifMatch?: string): Promise<{ status: number; entityTag: string }> {
    const uri = `sip:${this.extension}@${this.domain}`;
    const { status, text } = await this.askWithCredentials(
      'PUBLISH',
      uri,
      (more) => {
        this.publishSequence += 1;
        return [
          `From: <${uri}>;tag=${this.publishCallId}`,
          `To: <${uri}>`,
          `Call-ID: ${this.publishCallId}`,
          `CSeq: ${this.publishSequence} PUBLISH`,
          'Event: presence',
          'Expires: 300',
          ...(ifMatch === undefined ? [] : [`SIP-If-Match: ${ifMatch}`]),
          ...more,
        ];
      },
      { type: 'application/pidf+xml', text: document },
    );
    return { status, entityTag: header(text, 'sip-etag') };
  }

  /** As that phone, which has lost its connection. */
  goOnPublishing({ publishCallId, publishSequence }: StreamPhone): void {
    this.publishCallId = publishCallId;
    this.publishSequence = publishSequence;
  }

  hangUp(): void {
    const { dialog } = this;
    if (dialog === undefined) throw new Error('No call');
    dialog.sequence += 1;
    this.request('BYE', dialog, dialog.sequence);
  }

  saw(what: string, count = 1): Promise<unknown> {
    return until(
      `${this.extension} to see ${what}`,
      () => this.seen.filter((one) => one === what).length >= count,
    ).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; it saw ${this.seen.join(', ')}`, { cause: error });
    });
  }

  private get domain(): string {
    return this.carillon.demo.sip.domain;
  }

  private get contact(): string {
    // RFC 7118 §5.2: `ws` for both.
    return `sip:${this.extension}@${token().slice(0, 4)}.invalid;transport=${this.isWeb ? 'ws' : this.transport}`;
  }

  /** Over WebSocket as browsers write it (RFC 8829); ICE and DTLS lead nowhere. @param mid of the offer that it answers */
  private description(mid = '0', setup: 'active' | 'actpass' = 'actpass'): string {
    const { isWeb } = this;
    const lines = [
      ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'],
      ...(isWeb ? [`a=group:BUNDLE ${mid}`, 'm=audio 9 UDP/TLS/RTP/SAVPF 0'] : ['m=audio 19998 RTP/AVP 0']),
      ...(isWeb ? [`a=mid:${mid}`, 'a=rtcp-mux', `a=setup:${setup}`, `a=ice-ufrag:${token()}`] : []),
      ...(isWeb ? [`a=ice-pwd:${token()}${token()}${token()}`, `a=fingerprint:sha-256 ${FINGERPRINT}`] : []),
      ...(isWeb ? ['a=ssrc:4711 cname:stream-phone'] : []),
      ...['a=rtpmap:0 PCMU/8000', 'a=sendrecv'],
    ];
    return `${lines.join('\r\n')}\r\n`;
  }

  private get isWeb(): boolean {
    return this.transport === 'ws' || this.transport === 'wss';
  }

  private get certificate(): Buffer {
    return readFileSync(join(this.carillon.dataDir, 'tls-certificate.pem'));
  }

  private dial(): Promise<Wire> {
    return new Promise((settle, fail) => {
      const { sipPort: port } = this.carillon;
      const ready = (): void => settle({ send: (text) => void socket.write(text), close: () => socket.destroy() });
      // TLS is beside the SIP port.
      const socket: Socket =
        this.transport === 'tls'
          ? secure({ host: '127.0.0.1', port: port + 1, servername: this.domain, ca: this.certificate }, ready)
          : connect(port, '127.0.0.1', ready);
      socket.on('error', fail);
      socket.on('close', () => (this.closed = true));
      socket.on('data', (bytes) => this.take(bytes.toString('latin1')));
    });
  }

  private dialWebSocket(): Promise<Wire> {
    return new Promise((settle, fail) => {
      const plain = `${this.carillon.httpUrl.replace('http', 'ws')}/sip`;
      const socket =
        this.transport === 'wss'
          ? new WebSocket(`wss://127.0.0.1:${this.wssPort}/`, 'sip', { ca: this.certificate })
          : new WebSocket(plain, 'sip');
      socket.on('open', () => settle({ send: (text) => socket.send(text), close: () => socket.terminate() }));
      socket.on('error', fail);
      socket.on('close', () => (this.closed = true));
      socket.on('message', (data: Buffer) => this.take(data.toString('latin1')));
    });
  }

  private take(text: string): void {
    this.received += text;
    for (;;) {
      this.received = this.received.replace(/^(?:\r\n)+/, '');
      const end = this.received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(header(this.received.slice(0, end), 'content-length') || 0);
      if (this.received.length < end + 4 + length) return;
      const message = this.received.slice(0, end + 4 + length);
      this.received = this.received.slice(end + 4 + length);
      this.receive(message);
    }
  }

  private receive(text: string): void {
    if (text.startsWith('SIP/2.0 ')) {
      const status = Number(text.slice(8, 11));
      this.seen.push(`${status} ${header(text, 'cseq').split(' ')[1] ?? ''}`);
      if (status >= 200) this.answers.get(header(text, 'cseq') + header(text, 'call-id'))?.(text);
      return;
    }
    const method = text.slice(0, text.indexOf(' '));
    this.seen.push(method);
    if (method === 'ACK') return;
    const copied = text.split('\r\n').filter((line) => /^(via|from|call-id|cseq|record-route):/i.test(line));
    const to = header(text, 'to');
    const tagged = to.includes(';tag=') ? to : `${to};tag=${token()}`;
    const answer = [...copied, `To: ${tagged}`];
    if (method !== 'INVITE') {
      this.write('SIP/2.0 200 OK', answer);
      return;
    }
    const routes = headers(text, 'record-route');
    const target = uriOf(header(text, 'contact'));
    const ids = { callId: header(text, 'call-id'), local: tagged, remote: header(text, 'from') };
    if (!to.includes(';tag=')) this.dialog = { ...ids, target, routes, sequence: 0 };
    this.write('SIP/2.0 200 OK', [...answer, `Contact: <${this.contact}>`], {
      type: 'application/sdp',
      text: this.description(/^a=mid:(\S+)/m.exec(text)?.[1], 'active'),
    });
  }

  private async askWithCredentials(
    method: string,
    uri: string,
    linesOf: (more: readonly string[]) => readonly string[],
    body: Body = NO_BODY,
  ): Promise<{ status: number; text: string }> {
    const first = await this.ask(method, uri, linesOf([]), body);
    if (first.status !== 401) return first;
    const challenge = /^www-authenticate:.*algorithm="?MD5"?(?:,|$).*$/im.exec(first.text)?.[0] ?? '';
    const [realm, nonce] = ['realm', 'nonce'].map((name) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '');
    const { sipUser, sipPassword } = this.carillon.staff(this.extension);
    const response = md5(
      [md5(`${sipUser}:${realm}:${sipPassword}`), nonce, '00000001', 'raw', 'auth', md5(`${method}:${uri}`)].join(':'),
    );
    const credentials =
      `Authorization: Digest username="${sipUser}",realm="${realm}",nonce="${nonce}",uri="${uri}",` +
      `response="${response}",algorithm=MD5,cnonce="raw",qop=auth,nc=00000001`;
    return this.ask(method, uri, linesOf([credentials]), body);
  }

  private ask(
    method: string,
    uri: string,
    lines: readonly string[],
    body: Body,
  ): Promise<{ status: number; text: string }> {
    const value = (name: string): string => header(`\r\n${lines.join('\r\n')}`, name);
    const key = value('cseq') + value('call-id');
    return new Promise((settle, fail) => {
      const late = setTimeout(() => fail(new Error(`No answer to ${method} of ${this.extension}`)), 15_000);
      this.answers.set(key, (text) => {
        clearTimeout(late);
        this.answers.delete(key);
        const status = Number(text.slice(8, 11));
        // RFC 3261 §17.1.1.3: the refusal of an INVITE is acknowledged in its transaction.
        if (method === 'INVITE' && status >= 300) this.write(`ACK ${uri} SIP/2.0`, acknowledgement(text));
        settle({ status, text });
      });
      this.write(`${method} ${uri} SIP/2.0`, [this.via, 'Max-Forwards: 70', ...lines], body);
    });
  }

  private get via(): string {
    return `Via: SIP/2.0/${this.transport.toUpperCase()} ${token()}.invalid;branch=z9hG4bK${token()};rport`;
  }

  private request(method: string, { callId, local, remote, target, routes }: Dialog, sequence: number): void {
    this.write(`${method} ${target} SIP/2.0`, [
      this.via,
      'Max-Forwards: 70',
      ...routes.map((route) => `Route: ${route}`),
      `From: ${local}`,
      `To: ${remote}`,
      `Call-ID: ${callId}`,
      `CSeq: ${sequence} ${method}`,
    ]);
  }

  private write(first: string, lines: readonly string[], { type, text }: Body = NO_BODY): void {
    const typed = text === '' ? [] : [`Content-Type: ${type}`];
    this.wire?.send([first, ...lines, ...typed, `Content-Length: ${text.length}`, '', text].join('\r\n'));
  }
}

function acknowledgement(response: string): string[] {
  const sequence = header(response, 'cseq').split(' ')[0] ?? '1';
  const copied = ['via', 'from', 'to', 'call-id'].map((name) => `${name}: ${header(response, name)}`);
  return [...copied, `CSeq: ${sequence} ACK`, 'Max-Forwards: 70'];
}

function headers(text: string, name: string): string[] {
  const line = new RegExp(`^${name}[ \\t]*:[ \\t]*(.*?)\\r?$`, 'gim');
  return [...text.matchAll(line)].map(([, value]) => value ?? '');
}

function header(text: string, name: string): string {
  return headers(text, name)[0] ?? '';
}

function uriOf(address: string): string {
  return /<([^>]*)>/.exec(address)?.[1] ?? address;
}
