import type { RawData, WebSocket } from 'ws';
import type { TimerHandle } from '../clock.js';
import { CloseListeners } from './close-listeners.js';
import type { TransportContext } from './network.js';
import { receiveDatagram } from './receive-datagram.js';
import type { ConnectionEnds } from './tcp-connection.js';
import { flowId } from './sip-flow.js';
import type { SipFlow } from './sip-flow.js';

const PONG = '\r\n';
/** How often a WebSocket ping checks that the browser is still there; closed laptops send no FIN. */
const PING_MILLISECONDS = 30_000;
/** Normal closure and policy violation (RFC 6455 §7.4.1). */
const GOING_AWAY = 1001;

/** One WebSocket with subprotocol `sip` (RFC 7118): a message per frame. */
export class WsConnection implements SipFlow {
  readonly protocol = 'ws';
  readonly reliable = true;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  private readonly listeners = new CloseListeners();
  private timer: TimerHandle | undefined;
  private alive = true;
  private closedAlready = false;

  constructor(
    private readonly socket: WebSocket,
    ends: ConnectionEnds,
    private readonly context: TransportContext,
  ) {
    this.localAddress = ends.localAddress;
    this.localPort = ends.localPort;
    this.remoteAddress = ends.remoteAddress;
    this.remotePort = ends.remotePort;
    const { limits, receiver } = context;
    const bounds = {
      maxHeadBytes: limits.maxMessageBytes,
      maxHeaders: limits.maxHeaders,
      maxBodyBytes: limits.maxBodyBytes,
    };
    socket.on('message', (data) => {
      this.alive = true;
      const bytes = toBuffer(data);
      if (bytes.length > limits.maxMessageBytes) this.shed('message too large');
      else if (isKeepAlive(bytes)) socket.send(PONG);
      else receiveDatagram(bytes, this, { receiver, limits: bounds });
    });
    socket.on('pong', () => {
      this.alive = true;
    });
    socket.on('error', () => this.shed('socket error'));
    socket.on('close', () => this.closed());
    this.arm();
  }

  get id(): string {
    return flowId(this);
  }

  get open(): boolean {
    return !this.closedAlready;
  }

  onClosed(callback: () => void): () => void {
    return this.listeners.add(callback);
  }

  send(bytes: Buffer, failed?: (error: Error) => void): void {
    if (this.closedAlready || this.socket.readyState !== this.socket.OPEN) {
      if (failed !== undefined) queueMicrotask(() => failed(new Error('Connection closed')));
      return;
    }
    if (this.socket.bufferedAmount + bytes.length > this.context.limits.maxWriteBacklogBytes) {
      if (failed !== undefined) queueMicrotask(() => failed(new Error('Peer does not read')));
      this.shed('peer does not read');
      return;
    }
    this.context.sent(bytes, this);
    // Text frames: browsers' stacks expect them, and SIP is UTF-8.
    this.socket.send(bytes, { binary: false }, (error) => {
      if (error !== null && error !== undefined) failed?.(error);
    });
  }

  shed(reason: string): void {
    if (this.closedAlready) return;
    this.context.logger.debug({ flow: this.id, reason }, 'WebSocket shed');
    this.socket.close(GOING_AWAY, reason);
    this.socket.terminate();
    this.closed();
  }

  private arm(): void {
    this.timer = this.context.clock.setTimeout(() => {
      if (!this.alive) {
        this.shed('no answer to ping');
        return;
      }
      this.alive = false;
      if (this.socket.readyState === this.socket.OPEN) this.socket.ping();
      this.arm();
    }, PING_MILLISECONDS);
  }

  private closed(): void {
    if (this.closedAlready) return;
    this.closedAlready = true;
    if (this.timer !== undefined) this.context.clock.clearTimeout(this.timer);
    this.listeners.notify();
  }
}

function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

function isKeepAlive(bytes: Buffer): boolean {
  return bytes.length === 4 && bytes.latin1Slice(0, 4) === '\r\n\r\n';
}
