import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { PHONE_SDP } from './testing/phone.js';
import { until, useSignalling } from './testing/signalling-bench.js';

const PORT = 17_150;
const HOST = '127.0.0.1';
const bench = useSignalling(PORT);
let http: Server;
const phones: PhoneBehindTls[] = [];

beforeEach(async () => {
  http = createServer();
  bench.webSocket.attach(http);
  await new Promise<void>((settle) => void http.listen(0, HOST, settle));
});
afterEach(() => {
  for (const phone of phones.splice(0)) phone.close();
  http.closeAllConnections();
  http.close();
});

/** How it leaves the phone, and how it comes to us. */
const BY = { tcp: 'TLS', ws: 'WSS' } as const;
type Protocol = keyof typeof BY;

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

const callIdOf = (text: string): string => /^Call-ID: (.*)$/m.exec(text)?.[1] ?? '';

/** A phone as we see it behind a server that ends its TLS: it knows no other way than that one connection. */
class PhoneBehindTls {
  private readonly heard: string[] = [];
  private sequence = 0;

  private constructor(
    private readonly extension: string,
    private readonly protocol: Protocol,
    private readonly wire: { send(text: string): void; close(): void },
  ) {}

  static async start(extension: string, protocol: Protocol): Promise<PhoneBehindTls> {
    const phone: PhoneBehindTls = new PhoneBehindTls(
      extension,
      protocol,
      protocol === 'tcp' ? await byTcp((text) => phone.take(text)) : await byWebSocket((text) => phone.take(text)),
    );
    phones.push(phone);
    return phone;
  }

  close(): void {
    this.wire.close();
  }

  /** A message that begins so, now or later. */
  hears(start: string): Promise<string> {
    return until(`${start} at ${this.extension}`, () => this.heard.find((text) => text.startsWith(start)));
  }

  /** One of the dialog that this INVITE made. */
  hearsOf(invite: string, start: string): Promise<string> {
    return until(`${start} at ${this.extension}`, () =>
      this.heard.find((text) => text.startsWith(start) && callIdOf(text) === callIdOf(invite)),
    );
  }

  /** A call that this phone can answer: over a WebSocket it is offered WebRTC first, which it does not know. */
  async rings(): Promise<string> {
    const first = await this.hears('INVITE ');
    if (this.protocol === 'tcp') return first;
    this.answer(first, '488 Not Acceptable Here');
    return until('another offer', () =>
      this.heard.find((text) => text.startsWith('INVITE ') && callIdOf(text) !== callIdOf(first)),
    );
  }

  /** Sends it, and again with credentials. @returns the final answer */
  async ask(method: string, uri: string, body = ''): Promise<string> {
    const challenge = await this.answerTo(this.request({ method, uri, body }));
    const nonce = /algorithm=MD5.*nonce="([^"]+)"|nonce="([^"]+)"[^\r]*algorithm=MD5/.exec(challenge);
    const given = nonce?.[1] ?? nonce?.[2] ?? '';
    const { domain } = bench.organisation;
    const hash = md5(`${this.extension}:${domain}:pw-${this.extension}`);
    const response = md5(`${hash}:${given}:${md5(`${method}:${uri}`)}`);
    const name = challenge.includes('Proxy-Authenticate') ? 'Proxy-Authorization' : 'Authorization';
    const parts = [`username="${this.extension}"`, `realm="${domain}"`, `nonce="${given}"`, `uri="${uri}"`];
    const line = `${name}: Digest ${[...parts, `response="${response}"`].join(', ')}`;
    return this.answerTo(this.request({ method, uri, body, lines: [line] }));
  }

  answer(request: string, status: string, body = ''): void {
    const kept = ['Via', 'Record-Route', 'From', 'Call-ID', 'CSeq'].flatMap(
      (name) => request.match(new RegExp(`^${name}: .*$`, 'gm')) ?? [],
    );
    const to = `${/^To: .*$/m.exec(request)?.[0] ?? ''};tag=${this.extension}`;
    this.send([`SIP/2.0 ${status}`, ...kept, to, this.contact], body);
  }

  /** Hangs up on who answered with this. */
  hangUp(answer: string): Promise<string> {
    const to = /^To: (.*)$/m.exec(answer)?.[1] ?? '';
    const uri = /^Contact: <([^>]*)>/m.exec(answer)?.[1] ?? '';
    return this.answerTo(this.request({ method: 'BYE', uri, to }));
  }

  acknowledge(answer: string): void {
    const to = /^To: (.*)$/m.exec(answer)?.[1] ?? '';
    const uri = /^Contact: <([^>]*)>/m.exec(answer)?.[1] ?? '';
    this.request({ method: 'ACK', uri, to });
  }

  /** As who was called by this. */
  hangUpOn(invite: string): void {
    const value = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(invite)?.[1] ?? '';
    const uri = /^Contact: <([^>]*)>/m.exec(invite)?.[1] ?? '';
    this.send(
      [
        `BYE ${uri} SIP/2.0`,
        `Via: SIP/2.0/${BY[this.protocol]} phone.invalid;branch=z9hG4bKbye${this.extension}`,
        ...['Max-Forwards: 70', `From: ${value('To')};tag=${this.extension}`, `To: ${value('From')}`],
        ...[`Call-ID: ${value('Call-ID')}`, 'CSeq: 1 BYE'],
      ],
      '',
    );
  }

  private get contact(): string {
    return `Contact: <sips:${this.extension}@phone.invalid;transport=${this.protocol}>`;
  }

  /** @returns its CSeq */
  private request(of: { method: string; uri: string; to?: string; body?: string; lines?: readonly string[] }): string {
    const { method, uri, to, body = '', lines = [] } = of;
    if (method !== 'ACK') this.sequence += 1;
    const address = `<sips:${this.extension}@${bench.organisation.domain}>`;
    const cseq = `${this.sequence} ${method}`;
    this.send(
      [
        `${method} ${uri} SIP/2.0`,
        `Via: SIP/2.0/${BY[this.protocol]} phone.invalid;branch=z9hG4bK${this.extension}${cseq.replace(' ', '')}`,
        ...['Max-Forwards: 70', `From: ${address};tag=${this.extension}`],
        `To: ${to ?? (method === 'REGISTER' ? address : `<${uri}>`)}`,
        ...[`Call-ID: ${this.extension}-${method === 'REGISTER' ? 'r' : 'c'}`, `CSeq: ${cseq}`, this.contact],
        ...(method === 'REGISTER' ? ['Expires: 300'] : []),
        ...lines,
      ],
      body,
    );
    return cseq;
  }

  private answerTo(cseq: string): Promise<string> {
    return until(`the answer to ${cseq}`, () =>
      this.heard.find((text) => /^SIP\/2\.0 [2-6]/.test(text) && text.includes(`CSeq: ${cseq}`)),
    );
  }

  private send(head: readonly string[], body: string): void {
    const type = body === '' ? [] : ['Content-Type: application/sdp'];
    this.wire.send([...head, ...type, `Content-Length: ${body.length}`, '', body].join('\r\n'));
  }

  private take(text: string): void {
    // Each message of the server begins a line of its own; bodies are read by nobody here.
    this.heard.push(...text.split(/(?=^(?:SIP\/2\.0 \d|[A-Z]+ sips?:))/m).map((one) => one.replaceAll('\r', '')));
  }
}

async function byTcp(heard: (text: string) => void) {
  const socket = connect(PORT, HOST);
  socket.on('data', (bytes) => heard(bytes.toString()));
  socket.on('error', () => undefined);
  await new Promise<void>((settle) => void socket.once('connect', settle));
  return { send: (text: string) => void socket.write(text), close: () => void socket.destroy() };
}

async function byWebSocket(heard: (text: string) => void) {
  const socket = new WebSocket(`ws://${HOST}:${(http.address() as AddressInfo).port}/sip`, ['sip']);
  socket.on('message', (data: Buffer) => heard(data.toString()));
  await new Promise<void>((settle) => void socket.once('open', settle));
  return { send: (text: string) => socket.send(text), close: () => socket.terminate() };
}

describe.each(['tcp', 'ws'] as const)('a phone whose TLS ends at a server in front of us (%s)', (protocol) => {
  it('registers a sips: contact, and is rung by its connection', async () => {
    const bob = await PhoneBehindTls.start('1002', protocol);
    expect(await bob.ask('REGISTER', `sips:${bench.organisation.domain}`)).toMatch(/^SIP\/2\.0 200 /);
    const alice = await bench.phone('1001');
    const call = alice.call('1002');
    const accepted = new Promise<void>((settle) => void call.on('accepted', () => settle()));
    const invite = await bob.rings();
    expect(invite).toMatch(/^INVITE sip:1002@phone\.invalid/);
    bob.answer(invite, '200 OK', PHONE_SDP);
    await accepted;
    await bob.hearsOf(invite, 'ACK ');
  });

  it.each(['caller', 'callee'])('calls another one by sips:, and the %s hangs up', async (who) => {
    const [alice, bob] = [await PhoneBehindTls.start('1001', protocol), await PhoneBehindTls.start('1002', protocol)];
    const { domain } = bench.organisation;
    expect(await bob.ask('REGISTER', `sips:${domain}`)).toMatch(/^SIP\/2\.0 200 /);
    const result = alice.ask('INVITE', `sips:1002@${domain}`, PHONE_SDP);
    const invite = await bob.rings();
    expect(invite).toMatch(/^INVITE sips:1002@phone\.invalid/);
    bob.answer(invite, '200 OK', PHONE_SDP);
    const answer = await result;
    expect(answer).toMatch(/^SIP\/2\.0 200 /);
    alice.acknowledge(answer);
    await bob.hearsOf(invite, 'ACK sips:');
    if (who === 'caller') {
      expect(await alice.hangUp(answer)).toMatch(/^SIP\/2\.0 200 /);
      bob.answer(await bob.hears('BYE sips:'), '200 OK');
    } else {
      bob.hangUpOn(invite);
      alice.answer(await alice.hears('BYE sips:'), '200 OK');
    }
    await bench.endedRecord();
  });
});
