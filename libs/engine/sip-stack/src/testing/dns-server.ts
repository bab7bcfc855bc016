import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket as Connection } from 'node:net';
import { AUTHORITATIVE_ANSWER, RECURSION_AVAILABLE, TRUNCATED_RESPONSE, decode, encode } from 'dns-packet';
import type { Answer, Packet, Question } from 'dns-packet';

/** What an answer over UDP may be without EDNS (RFC 1035 §4.2.1). */
const MAX_UDP_BYTES = 512;
const NXDOMAIN = 3;
const SERVFAIL = 2;

/** How a name misbehaves. */
export type Trouble = 'silence' | 'servfail' | 'garbage';

/** A name server of the tests' own, on loopback: answers from a table, over UDP and TCP. */
export class TestDnsServer {
  /** `TYPE name`, as they came. */
  readonly questions: string[] = [];
  readonly troubles = new Map<string, Trouble>();
  private readonly records = new Map<string, Answer[]>();

  private constructor(
    private readonly udp: Socket,
    private readonly tcp: Server,
    readonly address: string,
  ) {
    udp.on('message', (bytes, peer) => {
      const answer = this.answer(bytes, MAX_UDP_BYTES);
      if (answer !== undefined) udp.send(answer, peer.port, peer.address);
    });
    tcp.on('connection', (connection) => this.serve(connection));
  }

  static async open(): Promise<TestDnsServer> {
    const udp = createSocket('udp4');
    await new Promise<void>((resolve) => {
      udp.bind(0, '127.0.0.1', resolve);
    });
    const { port } = udp.address();
    const tcp = createServer();
    await new Promise<void>((resolve, reject) => {
      tcp.once('error', reject);
      tcp.listen(port, '127.0.0.1', resolve);
    });
    return new TestDnsServer(udp, tcp, `127.0.0.1:${(tcp.address() as AddressInfo).port}`);
  }

  /** Records of one name and type replace those before. */
  set(name: string, type: Answer['type'], data: readonly unknown[], ttl = 60): void {
    const answers = data.map((one) => ({ type, name, ttl, data: one }) as Answer);
    this.records.set(`${type} ${name}`, answers);
  }

  clear(): void {
    this.records.clear();
    this.troubles.clear();
    this.questions.length = 0;
  }

  close(): void {
    this.udp.close();
    this.tcp.close();
  }

  private serve(connection: Connection): void {
    let gathered = Buffer.alloc(0);
    connection.on('error', () => connection.destroy());
    connection.on('data', (chunk: Buffer) => {
      gathered = Buffer.concat([gathered, chunk]);
      if (gathered.length < 2 || gathered.length < 2 + gathered.readUInt16BE()) return;
      const answer = this.answer(gathered.subarray(2), 65_535);
      if (answer === undefined) return;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(answer.length);
      connection.end(Buffer.concat([length, answer]));
    });
  }

  private answer(bytes: Buffer, limit: number): Buffer | undefined {
    const query = decode(bytes);
    const question = query.questions?.[0];
    if (question === undefined) return undefined;
    this.questions.push(`${question.type} ${question.name}`);
    const trouble = this.troubles.get(question.name);
    if (trouble === 'silence') return undefined;
    if (trouble === 'garbage')
      return Buffer.concat([bytes.subarray(0, 2), Buffer.from('8180000100010000', 'hex'), Buffer.alloc(40, 0xff)]);
    const answers = this.find(question, 0);
    const known = [...this.records.keys()].some((key) => key.endsWith(` ${question.name}`));
    const code = trouble === 'servfail' ? SERVFAIL : known ? 0 : NXDOMAIN;
    const reply = (flags: number, found: Answer[]): Buffer =>
      encode({
        type: 'response',
        id: query.id ?? 0,
        flags: AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | flags | code,
        questions: query.questions ?? [],
        answers: found,
      } satisfies Packet);
    const whole = reply(0, answers);
    return whole.length <= limit ? whole : reply(TRUNCATED_RESPONSE, []);
  }

  /** Follows aliases as a recursive server does; a loop of them ends after some steps. */
  private find({ type, name }: Question, steps: number): Answer[] {
    const direct = this.records.get(`${type} ${name}`);
    if (direct !== undefined) return direct;
    const alias = this.records.get(`CNAME ${name}`);
    const next = alias?.[0];
    if (alias === undefined || next?.type !== 'CNAME' || steps > 8) return alias ?? [];
    return [...alias, ...this.find({ type, name: next.data }, steps + 1)];
  }
}
