import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { TransportAddress } from '../api/endpoint.js';

/** Datagrams in flight may still be read by the kernel call; a buffer is reused only after so many others. */
const SEND_BUFFERS = 16;
const SEND_BUFFER_OCTETS = 1600;

export interface UdpPortPairHandlers {
  onRtp(bytes: Uint8Array, from: RemoteInfo): void;
  onRtcp(bytes: Uint8Array, from: RemoteInfo): void;
  /** A socket failed; the pair is unusable. */
  onFailure(error: Error): void;
}

/** An RTP port (even) and the RTCP port above it (RFC 3550 §11). */
export class UdpPortPair {
  private readonly buffers = Array.from({ length: SEND_BUFFERS }, () => new Uint8Array(SEND_BUFFER_OCTETS));
  private nextBuffer = 0;
  private closed = false;

  private constructor(
    private readonly rtp: Socket,
    private readonly rtcp: Socket,
    readonly rtpPort: number,
  ) {}

  /** Rejects with the system's error (EADDRINUSE, EADDRNOTAVAIL) when a port cannot be bound. */
  static async open(address: string, rtpPort: number, handlers: UdpPortPairHandlers): Promise<UdpPortPair> {
    const rtp = await bindSocket(address, rtpPort);
    let rtcp: Socket;
    try {
      rtcp = await bindSocket(address, rtpPort + 1);
    } catch (error) {
      rtp.close();
      throw error;
    }
    const pair = new UdpPortPair(rtp, rtcp, rtpPort);
    rtp.on('message', handlers.onRtp);
    rtcp.on('message', handlers.onRtcp);
    for (const socket of [rtp, rtcp]) {
      socket.on('error', (error) => {
        if (!pair.closed) handlers.onFailure(error);
      });
    }
    return pair;
  }

  get rtcpPort(): number {
    return this.rtpPort + 1;
  }

  sendRtp(bytes: Uint8Array, to: TransportAddress): void {
    this.send(this.rtp, bytes, to);
  }

  sendRtcp(bytes: Uint8Array, to: TransportAddress): void {
    this.send(this.rtcp, bytes, to);
  }

  /** Idempotent. Resolves when both ports are free again. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await Promise.all([this.rtp, this.rtcp].map((socket) => new Promise<void>((done) => socket.close(() => done()))));
  }

  private send(socket: Socket, bytes: Uint8Array, to: TransportAddress): void {
    if (this.closed || bytes.length > SEND_BUFFER_OCTETS) return;
    const buffer = this.buffers[this.nextBuffer];
    if (buffer === undefined) return;
    this.nextBuffer = (this.nextBuffer + 1) % SEND_BUFFERS;
    buffer.set(bytes);
    // A datagram that the kernel refuses (no route, queue full) is a lost packet, which RTCP already counts.
    socket.send(buffer, 0, bytes.length, to.port, to.address, ignoreSendResult);
  }
}

function ignoreSendResult(): void {
  // See UdpPortPair.send.
}

function bindSocket(address: string, port: number): Promise<Socket> {
  const family = isIPv6(address) ? 6 : 4;
  return new Promise((resolve, reject) => {
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      // Addresses are always numeric here; the system's resolver would only cost a thread hop per packet.
      lookup: (host, _options, done) => done(null, host, family),
    });
    socket.once('error', reject);
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
