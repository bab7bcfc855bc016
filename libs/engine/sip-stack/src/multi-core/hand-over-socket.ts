import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { timingSafeEqual } from 'node:crypto';
import type { HandOver, HandOverFrame } from './pinning.js';

/** Shown by every frame: others on this machine can write to loopback too. */
export const TOKEN_OCTETS = 16;
const KINDS = ['received', 'send', 'opened', 'closed'] as const;
const HEAD_OCTETS = TOKEN_OCTETS + 4;
/** The largest UDP payload. */
const MAX_FRAME_OCTETS = 65_507;

/**
 * Frames between workers as datagrams on loopback: for one message the kernel's shortest way between two processes
 * that Node has.
 *
 * ```text
 *  0               16     17     18        20
 *  +----------------+------+------+---------+---------+---------+
 *  |     token      | kind | from | id size | flow id | message |
 *  +----------------+------+------+---------+---------+---------+
 * ```
 */
export class HandOverSocket implements HandOver {
  private ports: readonly number[] = [];
  private handler: (from: number, frame: HandOverFrame) => void = () => undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly own: { readonly worker: number; readonly token: Buffer },
  ) {
    socket.on('message', (bytes) => this.read(bytes));
    socket.on('error', () => undefined);
  }

  /** @throws Error with the system's code when loopback has no free port */
  static async open(own: { worker: number; token: Buffer }): Promise<HandOverSocket> {
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
    this.ports = ports;
  }

  receive(handler: (from: number, frame: HandOverFrame) => void): void {
    this.handler = handler;
  }

  send(worker: number, frame: HandOverFrame): void {
    const port = this.ports[worker] ?? 0;
    const id = Buffer.from(frame.flowId, 'latin1');
    const bytes = 'bytes' in frame ? frame.bytes : undefined;
    if (port === 0 || HEAD_OCTETS + id.length + (bytes?.length ?? 0) > MAX_FRAME_OCTETS) return;
    const head = Buffer.allocUnsafe(HEAD_OCTETS);
    this.own.token.copy(head);
    head[TOKEN_OCTETS] = KINDS.indexOf(frame.kind);
    head[TOKEN_OCTETS + 1] = this.own.worker;
    head.writeUInt16BE(id.length, TOKEN_OCTETS + 2);
    this.socket.send(bytes === undefined ? [head, id] : [head, id, bytes], port, '127.0.0.1');
  }

  close(): void {
    this.socket.close();
  }

  private read(bytes: Buffer): void {
    if (bytes.length < HEAD_OCTETS || !timingSafeEqual(bytes.subarray(0, TOKEN_OCTETS), this.own.token)) return;
    const kind = KINDS[bytes[TOKEN_OCTETS] ?? KINDS.length];
    const end = HEAD_OCTETS + bytes.readUInt16BE(TOKEN_OCTETS + 2);
    if (kind === undefined || end > bytes.length) return;
    const flowId = bytes.latin1Slice(HEAD_OCTETS, end);
    const from = bytes[TOKEN_OCTETS + 1] ?? 0;
    if (kind === 'received' || kind === 'send') this.handler(from, { kind, flowId, bytes: bytes.subarray(end) });
    else this.handler(from, { kind, flowId });
  }
}
