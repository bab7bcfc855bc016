import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { connect, isIPv6, type Socket as TcpSocket } from 'node:net';
import type { Clock, Logger } from '@carillon/service-runtime';

/** Why a message did not go to the collector. */
export type HepDrop = 'queue-full' | 'too-large' | 'unreachable';

export interface HepDestination {
  readonly host: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp';
}

export interface HepSenderParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sent: () => void;
  readonly dropped: (why: HepDrop) => void;
}

/** Octets that wait for the collector at most. */
const MAX_WAITING_OCTETS = 4 * 1024 * 1024;
const MAX_WAITING = 2_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/**
 * The way to one collector. Sending never waits and never throws: what cannot go within the bounds is dropped and counted.
 *
 * ```text
 * opening ──ready──► open ──lost──► waiting ──retry──► opening
 *    `──────failed──────────────────^
 * ```
 */
export class HepSender {
  private readonly waiting: Buffer[] = [];
  private waitingOctets = 0;
  private inFlight = 0;
  private udp: UdpSocket | undefined;
  private tcp: TcpSocket | undefined;
  private state: 'opening' | 'open' | 'waiting' | 'closed' = 'waiting';
  private retryMs = FIRST_RETRY_MS;
  private stopRetry: (() => void) | undefined;

  constructor(
    private readonly to: HepDestination,
    private readonly parts: HepSenderParts,
  ) {
    void this.open();
  }

  send(packet: Buffer): void {
    if (this.state === 'closed') return;
    if (this.state !== 'open') {
      if (this.waiting.length >= MAX_WAITING || this.waitingOctets + packet.length > MAX_WAITING_OCTETS) {
        this.parts.dropped(this.state === 'waiting' ? 'unreachable' : 'queue-full');
        return;
      }
      this.waiting.push(packet);
      this.waitingOctets += packet.length;
      return;
    }
    this.write(packet);
  }

  close(): void {
    this.state = 'closed';
    this.stopRetry?.();
    this.udp?.close();
    // What is in the socket's own queue still goes out.
    this.tcp?.end();
    this.udp = undefined;
    this.tcp = undefined;
    this.waiting.length = 0;
  }

  private write(packet: Buffer): void {
    const { udp, tcp, parts } = this;
    if (tcp !== undefined) {
      if (tcp.writableLength > MAX_WAITING_OCTETS) parts.dropped('queue-full');
      else {
        tcp.write(packet);
        parts.sent();
      }
      return;
    }
    if (udp === undefined || this.inFlight >= MAX_WAITING) {
      parts.dropped('queue-full');
      return;
    }
    this.inFlight += 1;
    udp.send(packet, (error) => {
      this.inFlight -= 1;
      if (error === null) parts.sent();
      else parts.dropped(errorCode(error) === 'EMSGSIZE' ? 'too-large' : 'unreachable');
    });
  }

  private async open(): Promise<void> {
    this.state = 'opening';
    try {
      const { address } = await lookup(this.to.host);
      if (this.hasClosed()) return;
      if (this.to.transport === 'udp') this.openUdp(address);
      else this.openTcp(address);
    } catch (error) {
      this.lost(error);
    }
  }

  private openUdp(address: string): void {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.unref();
    this.udp = socket;
    // An earlier datagram was refused (ICMP): the collector may come (back) at any time, so sending goes on.
    socket.on('error', (error) => {
      this.parts.dropped('unreachable');
      this.parts.logger.debug({ error, host: this.to.host }, 'The HEP collector does not listen');
    });
    socket.connect(this.to.port, address, () => this.ready());
  }

  private openTcp(address: string): void {
    const socket = connect({ host: address, port: this.to.port, noDelay: true });
    socket.unref();
    this.tcp = socket;
    let failure: unknown;
    socket.on('error', (error) => {
      failure = error;
    });
    // A collector has nothing to say; what it says all the same is thrown away.
    socket.resume();
    socket.once('connect', () => this.ready());
    socket.once('close', () => {
      if (this.tcp === socket) this.lost(failure ?? new Error('Closed by the collector'));
    });
  }

  private ready(): void {
    if (this.state !== 'opening') return;
    this.state = 'open';
    this.retryMs = FIRST_RETRY_MS;
    this.waitingOctets = 0;
    for (const packet of this.waiting.splice(0)) this.write(packet);
  }

  private lost(error: unknown): void {
    if (this.hasClosed()) return;
    this.parts.logger.warn({ error, host: this.to.host, retryMs: this.retryMs }, 'The HEP collector cannot be reached');
    this.tcp = undefined;
    this.state = 'waiting';
    this.stopRetry = this.parts.clock.after(this.retryMs, () => void this.open());
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }

  private hasClosed(): boolean {
    return this.state === 'closed';
  }
}

function errorCode(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
