import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { timingSafeEqual } from 'node:crypto';
import { HAND_OVER_KINDS } from './pinning.js';
import type { HandOver, HandOverFrame } from './pinning.js';

/** Shown by every frame: others on this machine can write to loopback too. */
export const TOKEN_OCTETS = 16;
const HEAD_OCTETS = TOKEN_OCTETS + 5;
/** The largest UDP payload. */
const MAX_FRAME_OCTETS = 65_507;
/** Frames of the sure way that wait for somebody to receive them, while this worker starts. */
const MAX_EARLY = 100_000;

export interface HandOverEnds {
  readonly worker: number;
  readonly token: Buffer;
  /** Brings a frame to another worker without loss: over the process that started both. */
  readonly relay: (worker: number, bytes: Buffer) => void;
}

/**
 * Frames between workers as datagrams on loopback: for one message the kernel's shortest way between two processes
 * that Node has. What must not get lost, and what is too large, goes the longer way.
 *
 * ```text
 *  0               16     17     18       19        21
 *  +----------------+------+------+--------+---------+-----+--------+
 *  |     token      | kind | from | holder | id size | id  | octets |
 *  +----------------+------+------+--------+---------+-----+--------+
 * ```
 */
export class HandOverSocket implements HandOver {
  private ports: readonly number[] = [];
  private handler: ((from: number, frame: HandOverFrame) => void) | undefined;
  private member: (worker: number, state: 'here' | 'gone') => void = () => undefined;
  private early: { from: number; frame: HandOverFrame }[] = [];

  private constructor(
    private readonly socket: Socket,
    private readonly own: HandOverEnds,
  ) {
    socket.on('message', (bytes) => this.read(bytes, false));
    socket.on('error', () => undefined);
  }

  /** @throws Error with the system's code when loopback has no free port */
  static async open(own: HandOverEnds): Promise<HandOverSocket> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      // Exclusive: the workers' own sockets are not to be shared.
      socket.bind({ port: 0, address: '127.0.0.1', exclusive: true }, () => {
        socket.removeListener('error', reject);
        resolve();
      });
    });
    return new HandOverSocket(socket, own);
  }

  get port(): number {
    return this.socket.address().port;
  }

  /** Where each worker listens; 0 for one that is not there. */
  use(ports: readonly number[]): void {
    const before = this.ports;
    this.ports = ports;
    for (const [worker, port] of ports.entries()) {
      const known = before[worker] ?? 0;
      if (worker === this.own.worker || port === known) continue;
      if (known !== 0) this.member(worker, 'gone');
      if (port !== 0) this.member(worker, 'here');
    }
  }

  onMember(handler: (worker: number, state: 'here' | 'gone') => void): void {
    this.member = handler;
    for (const [worker, port] of this.ports.entries())
      if (port !== 0 && worker !== this.own.worker) handler(worker, 'here');
  }

  receive(handler: (from: number, frame: HandOverFrame) => void): void {
    this.handler = handler;
    const { early } = this;
    this.early = [];
    for (const { from, frame } of early) handler(from, frame);
  }

  send(worker: number, frame: HandOverFrame, sure = false): void {
    const port = this.ports[worker] ?? 0;
    if (port === 0) return;
    const id = Buffer.from(frame.id, 'latin1');
    const head = Buffer.allocUnsafe(HEAD_OCTETS);
    this.own.token.copy(head);
    head[TOKEN_OCTETS] = HAND_OVER_KINDS.indexOf(frame.kind);
    head[TOKEN_OCTETS + 1] = this.own.worker;
    head[TOKEN_OCTETS + 2] = frame.holder;
    head.writeUInt16BE(id.length, TOKEN_OCTETS + 3);
    const parts = [head, id, frame.bytes];
    if (sure || HEAD_OCTETS + id.length + frame.bytes.length > MAX_FRAME_OCTETS)
      this.own.relay(worker, Buffer.concat(parts));
    else this.socket.send(parts, port, '127.0.0.1');
  }

  /** A frame that came by the sure way. */
  relayed(bytes: Buffer): void {
    this.read(bytes, true);
  }

  close(): void {
    this.socket.close();
  }

  private read(bytes: Buffer, sure: boolean): void {
    if (bytes.length < HEAD_OCTETS || !timingSafeEqual(bytes.subarray(0, TOKEN_OCTETS), this.own.token)) return;
    const kind = HAND_OVER_KINDS[bytes[TOKEN_OCTETS] ?? HAND_OVER_KINDS.length];
    const end = HEAD_OCTETS + bytes.readUInt16BE(TOKEN_OCTETS + 3);
    if (kind === undefined || end > bytes.length) return;
    const from = bytes[TOKEN_OCTETS + 1] ?? 0;
    const holder = bytes[TOKEN_OCTETS + 2] ?? from;
    const frame = { kind, id: bytes.latin1Slice(HEAD_OCTETS, end), holder, bytes: bytes.subarray(end) };
    if (this.handler !== undefined) this.handler(from, frame);
    else if (sure && this.early.length < MAX_EARLY) this.early.push({ from, frame });
  }
}
