import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import type { DemoStaff } from './carillon.js';
import { until } from './wait.js';

const TYPES = {
  dialog: 'application/dialog-info+xml',
  presence: 'application/pidf+xml',
  reg: 'application/reginfo+xml',
  'message-summary': 'application/simple-message-summary',
} as const;

/** A busy-lamp key and nothing else: subscribes to an extension's dialogs (RFC 4235), presence, registrations or messages over UDP, with MD5 digest. */
export class LampWatcher {
  /** Dialog states of the last document: `early`, `confirmed`, `terminated`; none while nobody talks. */
  states: readonly string[] | undefined;
  /** The last document. */
  document = '';
  /** Numbers of the NOTIFYs that came (CSeq), once each. */
  readonly sequences: number[] = [];
  private readonly callId = `${randomBytes(8).toString('hex')}@lamp.invalid`;
  private readonly tag = randomBytes(6).toString('hex');
  private sequence = 0;

  private constructor(
    private readonly socket: Socket,
    private readonly of: {
      readonly staff: DemoStaff;
      readonly domain: string;
      readonly port: number;
      readonly watched: string;
      /** `dialog` unless told otherwise. */
      readonly event?: keyof typeof TYPES;
    },
  ) {
    socket.on('message', (bytes) => this.receive(bytes.toString()));
  }

  /** Resolves with the first document. */
  static async start(of: LampWatcher['of']): Promise<LampWatcher> {
    const socket = createSocket('udp4');
    await new Promise<void>((settle) => void socket.bind(0, '127.0.0.1', settle));
    const watcher = new LampWatcher(socket, of);
    watcher.subscribe('');
    try {
      await until('the first NOTIFY', () => watcher.states !== undefined);
    } catch (error) {
      watcher.stop();
      throw error;
    }
    return watcher;
  }

  stop(): void {
    this.socket.close();
  }

  private receive(text: string): void {
    const [head = '', body = ''] = text.split('\r\n\r\n');
    if (head.startsWith('NOTIFY ')) {
      const copied = head.split('\r\n').filter((line) => /^(via|from|to|call-id|cseq):/i.test(line));
      this.send(['SIP/2.0 200 OK', ...copied, 'Content-Length: 0', '', '']);
      const sequence = Number(/^cseq: *(\d+)/im.exec(head)?.[1] ?? 0);
      if (this.sequences.includes(sequence)) return;
      this.sequences.push(sequence);
      this.document = body;
      this.states = [...body.matchAll(/<state[^>]*>(\w+)</g)].map(([, state]) => state ?? '');
      return;
    }
    const challenge = head.startsWith('SIP/2.0 401 ') ? md5Challenge(head) : undefined;
    if (challenge !== undefined) this.subscribe(challenge);
  }

  private subscribe(challenge: string): void {
    const { staff, domain, watched, event = 'dialog' } = this.of;
    const uri = `sip:${watched}@${domain}`;
    const { port } = this.socket.address();
    this.sequence += 1;
    this.send([
      `SUBSCRIBE ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${port};rport;branch=z9hG4bK${randomBytes(6).toString('hex')}`,
      'Max-Forwards: 70',
      `From: <sip:${staff.sipUser}@${domain}>;tag=${this.tag}`,
      `To: <${uri}>`,
      `Call-ID: ${this.callId}`,
      `CSeq: ${this.sequence} SUBSCRIBE`,
      `Contact: <sip:${staff.sipUser}@127.0.0.1:${port}>`,
      `Event: ${event}`,
      `Accept: ${TYPES[event]}`,
      'Expires: 600',
      ...(challenge === '' ? [] : [`Authorization: ${credentials(challenge, uri, staff)}`]),
      'Content-Length: 0',
      '',
      '',
    ]);
  }

  private send(lines: readonly string[]): void {
    this.socket.send(lines.join('\r\n'), this.of.port, '127.0.0.1');
  }
}

function md5Challenge(head: string): string | undefined {
  return head.split('\r\n').find((line) => /^www-authenticate:.*algorithm="?MD5"?(,|$)/i.test(line));
}

/** RFC 7616 §3.4, with `qop=auth`. */
function credentials(challenge: string, uri: string, { sipUser, sipPassword }: DemoStaff): string {
  const value = (name: string): string => new RegExp(`[ ,]${name}="([^"]*)"`, 'i').exec(challenge)?.[1] ?? '';
  const [realm, nonce, cnonce] = [value('realm'), value('nonce'), randomBytes(4).toString('hex')];
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  const response = md5(
    [md5(`${sipUser}:${realm}:${sipPassword}`), nonce, '00000001', cnonce, 'auth', md5(`SUBSCRIBE:${uri}`)].join(':'),
  );
  return (
    `Digest username="${sipUser}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", ` +
    `algorithm=MD5, cnonce="${cnonce}", qop=auth, nc=00000001`
  );
}
