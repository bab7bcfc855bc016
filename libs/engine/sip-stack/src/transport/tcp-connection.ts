import type { Socket } from 'node:net';
import type { TimerHandle } from '../clock.js';
import { CloseListeners } from './close-listeners.js';
import type { TransportContext } from './network.js';
import { StreamFramer } from './stream-framer.js';
import { flowId } from './sip-flow.js';
import type { SipFlow } from './sip-flow.js';

const PONG = Buffer.from('\r\n');

export interface ConnectionEnds {
  localAddress: string;
  localPort: number;
  remoteAddress: string;
  remotePort: number;
}

/**
 * One TCP connection, opened by either side.
 *
 * ```text
 * opening --connected--> open --error, end, shed--> closed
 * ```
 * Peers are shed when they open and say nothing, start a message and never finish it, stop reading, or stay idle.
 */
export class TcpConnection implements SipFlow {
  readonly protocol = 'tcp';
  readonly reliable = true;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  private readonly listeners = new CloseListeners();
  private readonly framer: StreamFramer;
  private state: 'opening' | 'open' | 'closed' = 'open';
  private timer: TimerHandle | undefined;
  private heard = false;
  private lastTraffic: number;
  private readonly unsent = new Set<(error: Error) => void>();

  constructor(
    private readonly socket: Socket,
    ends: ConnectionEnds,
    private readonly context: TransportContext,
  ) {
    this.localAddress = ends.localAddress;
    this.localPort = ends.localPort;
    this.remoteAddress = ends.remoteAddress;
    this.remotePort = ends.remotePort;
    const { clock, limits, receiver } = context;
    this.lastTraffic = clock.now();
    this.framer = new StreamFramer(
      { maxHeadBytes: limits.maxMessageBytes, maxHeaders: limits.maxHeaders, maxBodyBytes: limits.maxBodyBytes },
      {
        message: (message) => {
          this.heard = true;
          receiver.message(message, this);
        },
        ping: () => {
          this.heard = true;
          if (this.state === 'open') socket.write(PONG);
        },
        malformed: (problem) => {
          receiver.malformed({ code: problem.malformed, detail: problem.detail, request: problem.request }, this);
          this.socket.end();
          this.shed('stream cannot be followed');
        },
      },
    );
    if (socket.connecting) {
      this.state = 'opening';
      this.arm(limits.connectMilliseconds, () => this.shed('connect timeout'));
      socket.once('connect', () => {
        if (this.state !== 'opening') return;
        this.state = 'open';
        this.heard = true;
        this.armIdle();
      });
    } else this.arm(limits.silentConnectionMilliseconds, () => this.watch());
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.received(chunk));
    socket.on('error', (error) => this.closed(error));
    socket.on('end', () => socket.end());
    socket.on('close', () => this.closed(new Error('Connection closed')));
  }

  get id(): string {
    return flowId(this);
  }

  get open(): boolean {
    return this.state !== 'closed';
  }

  onClosed(callback: () => void): () => void {
    return this.listeners.add(callback);
  }

  send(bytes: Buffer, failed?: (error: Error) => void): void {
    if (this.state === 'closed') {
      if (failed !== undefined) queueMicrotask(() => failed(new Error('Connection closed')));
      return;
    }
    if (this.socket.writableLength + bytes.length > this.context.limits.maxWriteBacklogBytes) {
      if (failed !== undefined) this.unsent.add(failed);
      this.shed('peer does not read');
      return;
    }
    this.lastTraffic = this.context.clock.now();
    this.context.sent(bytes, this);
    if (failed === undefined) {
      this.socket.write(bytes);
      return;
    }
    this.unsent.add(failed);
    this.socket.write(bytes, (error) => {
      if (error === null || error === undefined) this.unsent.delete(failed);
    });
  }

  /** Closes at once; what was not written is reported as failed. */
  shed(reason: string): void {
    if (this.state === 'closed') return;
    this.context.logger.debug({ flow: this.id, reason }, 'Connection shed');
    this.closed(new Error(reason));
  }

  private received(chunk: Buffer): void {
    if (this.state === 'closed') return;
    this.lastTraffic = this.context.clock.now();
    const wasPartial = this.framer.partial;
    this.framer.push(chunk);
    if (this.framer.partial && !wasPartial) {
      this.arm(this.context.limits.slowMessageMilliseconds, () => this.shed('message never finished'));
    } else if (!this.framer.partial && wasPartial) this.armIdle();
  }

  /** After the first wait: a connection that never brought a whole message goes, the others get the idle time. */
  private watch(): void {
    if (!this.heard) this.shed('silent connection');
    else this.armIdle();
  }

  private armIdle(): void {
    const { clock, limits } = this.context;
    const idle = this.heard ? limits.idleConnectionMilliseconds : limits.silentConnectionMilliseconds;
    const left = this.lastTraffic + idle - clock.now();
    if (left <= 0) this.shed('idle connection');
    else this.arm(left, () => this.armIdle());
  }

  private arm(milliseconds: number, then: () => void): void {
    if (this.timer !== undefined) this.context.clock.clearTimeout(this.timer);
    this.timer = this.state === 'closed' ? undefined : this.context.clock.setTimeout(then, milliseconds);
  }

  private closed(error: Error): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    if (this.timer !== undefined) this.context.clock.clearTimeout(this.timer);
    this.timer = undefined;
    if (this.socket.writableEnded) this.socket.destroySoon();
    else this.socket.destroy();
    this.listeners.notify();
    const unsent = [...this.unsent];
    this.unsent.clear();
    for (const failed of unsent) queueMicrotask(() => failed(error));
  }
}
