import type { RemoteInfo, Socket } from 'node:dgram';
import type { TransportAddress } from '../api/endpoint.js';
import { bindUdpSocket } from '../engine/bind-udp-socket.js';

const SEND_BUFFER_OCTETS = 1600;

/** Datagrams in flight may still be read by the kernel call; a buffer is reused only after so many others. */
const SEND_BUFFERS = 256;

/** What every pair of a thread sends from, in turn. */
export class SendBuffers {
  private readonly buffers = Array.from({ length: SEND_BUFFERS }, () => new Uint8Array(SEND_BUFFER_OCTETS));
  private next = 0;
  /** Where a packet is put together before it is copied, or protected: good until the next one. */
  readonly packet = new Uint8Array(SEND_BUFFER_OCTETS);

  /** A copy that nobody touches for the next datagrams; undefined for what is too long for one. */
  copyOf(bytes: Uint8Array): Uint8Array | undefined {
    const buffer = this.buffers[this.next];
    if (buffer === undefined || bytes.length > SEND_BUFFER_OCTETS) return undefined;
    this.next = (this.next + 1) % SEND_BUFFERS;
    buffer.set(bytes);
    return buffer;
  }
}

export interface UdpPortPairHandlers {
  onRtp(bytes: Uint8Array, from: RemoteInfo): void;
  onRtcp(bytes: Uint8Array, from: RemoteInfo): void;
  /** A socket failed; the pair is unusable. */
  onFailure(error: Error): void;
}

/** Who hears of packets, whosever they are. */
export interface PacketWatch {
  /** Which pairs are used. */
  readonly traffic: { mark(rtpPort: number): void };
  /** Called before each packet that comes: whoever opens, agrees or closes may have said so only now. */
  catchUp(): void;
}

export interface UdpPortPairOwner {
  readonly buffers: SendBuffers;
  readonly thread: PacketWatch;
  takeBack(pair: UdpPortPair): void;
}

/**
 * An RTP port (even) and the RTCP port above it (RFC 3550 §11).
 *
 * ```text
 * bound ──use──► in use ──giveBack──► bound (what arrives is dropped) ──close──► closed
 * ```
 */
export class UdpPortPair {
  /** A socket failed: not to be used again. */
  failed = false;
  private handlers: UdpPortPairHandlers | undefined;
  private closed = false;

  private constructor(
    readonly address: string,
    readonly rtpPort: number,
    private readonly sockets: { readonly rtp: Socket; readonly rtcp: Socket },
    private readonly owner: UdpPortPairOwner,
  ) {}

  /** Rejects with the system's error (EADDRINUSE, EADDRNOTAVAIL) when a port cannot be bound. */
  static async bind(address: string, rtpPort: number, owner: UdpPortPairOwner): Promise<UdpPortPair> {
    const rtp = await bindUdpSocket(address, rtpPort);
    let rtcp: Socket;
    try {
      rtcp = await bindUdpSocket(address, rtpPort + 1);
    } catch (error) {
      rtp.close();
      throw error;
    }
    const pair = new UdpPortPair(address, rtpPort, { rtp, rtcp }, owner);
    rtp.on('message', (bytes, from) => pair.wantedBy()?.onRtp(bytes, from));
    rtcp.on('message', (bytes, from) => pair.wantedBy()?.onRtcp(bytes, from));
    for (const socket of [rtp, rtcp]) socket.on('error', (error) => pair.fail(error));
    return pair;
  }

  /** See `SendBuffers.packet`. */
  get packet(): Uint8Array {
    return this.owner.buffers.packet;
  }

  get rtcpPort(): number {
    return this.rtpPort + 1;
  }

  use(handlers: UdpPortPairHandlers): void {
    this.handlers = handlers;
  }

  /** Done with: nobody hears what arrives from now on. */
  giveBack(): void {
    this.handlers = undefined;
    this.owner.takeBack(this);
  }

  sendRtp(bytes: Uint8Array, to: TransportAddress): void {
    this.send(this.sockets.rtp, bytes, to);
  }

  sendRtcp(bytes: Uint8Array, to: TransportAddress): void {
    this.send(this.sockets.rtcp, bytes, to);
  }

  /** Idempotent. Resolves when both ports are free again. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.handlers = undefined;
    const { rtp, rtcp } = this.sockets;
    await Promise.all([rtp, rtcp].map((socket) => new Promise<void>((done) => socket.close(() => done()))));
  }

  /** Who is to have a packet that came. */
  private wantedBy(): UdpPortPairHandlers | undefined {
    const { thread } = this.owner;
    thread.catchUp();
    if (this.handlers !== undefined) thread.traffic.mark(this.rtpPort);
    return this.handlers;
  }

  private fail(error: Error): void {
    if (this.closed) return;
    this.failed = true;
    this.handlers?.onFailure(error);
  }

  private send(socket: Socket, bytes: Uint8Array, to: TransportAddress): void {
    const buffer = this.closed ? undefined : this.owner.buffers.copyOf(bytes);
    // A datagram that the kernel refuses (no route, queue full) is a lost packet, which RTCP already counts.
    if (buffer === undefined) return;
    this.owner.thread.traffic.mark(this.rtpPort);
    socket.send(buffer, 0, bytes.length, to.port, to.address, ignoreSendResult);
  }
}

function ignoreSendResult(): void {
  // See UdpPortPair.send.
}
