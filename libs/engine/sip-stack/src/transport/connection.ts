import type { MalformedCode, SipMessage, SipRequest } from '@carillon/sip-message';
import type { KeepAliveOptions, TransportProtocol } from '../api/flow.js';
import type { TimerHandle } from '../clock.js';
import { CloseListeners } from './close-listeners.js';
import { KeepAlive, PONG_MILLISECONDS } from './keep-alive.js';
import type { TransportContext } from './network.js';
import { Patience } from './patience.js';
import { flowId } from './sip-flow.js';
import type { SipFlow } from './sip-flow.js';
import type { Wire } from './wire.js';

export interface ConnectionEnds {
  localAddress: string;
  localPort: number;
  remoteAddress: string;
  remotePort: number;
}

export interface ConnectionOptions {
  readonly protocol: Exclude<TransportProtocol, 'udp'>;
  /** True when we dial; the connection is then opening until {@link Connection.opened}. */
  readonly outgoing: boolean;
  readonly peerIdentities?: readonly string[];
  /** Who we dialled, as the URI named it: TLS is checked against it. */
  readonly serverName?: string | undefined;
}

type Failed = (error: Error) => void;

/**
 * One connection of any kind, opened by either side.
 *
 * ```text
 * opening --opened--> open --error, end, shed--> closed
 * ```
 * What is sent while it opens waits here, within the same bound as what the peer does not read: nothing is written
 * before TLS has said who the peer is.
 */
export class Connection implements SipFlow {
  readonly reliable = true;
  readonly protocol: Exclude<TransportProtocol, 'udp'>;
  readonly outgoing: boolean;
  readonly serverName: string | undefined;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  peerIdentities: readonly string[];
  private state: 'opening' | 'open' | 'closed';
  private wire: Wire | undefined;
  private readonly patience: Patience;
  private readonly closeListeners = new CloseListeners();
  private readonly heardListeners = new Set<() => void>();
  private readonly pongListeners = new Set<() => void>();
  private readonly unsent = new Set<Failed>();
  private waiting: { bytes: Buffer; failed: Failed | undefined }[] = [];
  private waitingBytes = 0;

  constructor(
    ends: ConnectionEnds,
    private readonly context: TransportContext,
    options: ConnectionOptions,
  ) {
    this.protocol = options.protocol;
    this.outgoing = options.outgoing;
    this.serverName = options.serverName;
    this.peerIdentities = options.peerIdentities ?? [];
    this.localAddress = ends.localAddress;
    this.localPort = ends.localPort;
    this.remoteAddress = ends.remoteAddress;
    this.remotePort = ends.remotePort;
    this.state = options.outgoing ? 'opening' : 'open';
    this.patience = new Patience(context, (reason) => this.shed(reason));
    if (options.outgoing) this.patience.opening();
    else this.patience.opened(false);
  }

  /** Given once, before anything else happens. */
  attach(wire: Wire): void {
    this.wire = wire;
  }

  get id(): string {
    return flowId(this);
  }

  get open(): boolean {
    return this.state !== 'closed';
  }

  get opening(): boolean {
    return this.state === 'opening';
  }

  onClosed(callback: () => void): () => void {
    return this.closeListeners.add(callback);
  }

  keepAlive(options: KeepAliveOptions): () => void {
    const watched = {
      ask: (answered: (dead: string | undefined) => void) => this.ask(answered),
      onHeard: (callback: () => void) => {
        this.heardListeners.add(callback);
        return () => this.heardListeners.delete(callback);
      },
      onClosed: (callback: () => void) => this.onClosed(callback),
      dead: (reason: string) => this.shed(reason),
    };
    const watch = new KeepAlive(watched, options, this.context);
    return () => watch.stop();
  }

  send(bytes: Buffer, failed?: Failed): void {
    const { wire } = this;
    if (this.state === 'closed' || wire === undefined) {
      if (failed !== undefined) queueMicrotask(() => failed(new Error('Connection closed')));
      return;
    }
    if (wire.backlog + this.waitingBytes + bytes.length > this.context.limits.maxWriteBacklogBytes) {
      if (failed !== undefined) this.unsent.add(failed);
      this.shed('peer does not read');
      return;
    }
    this.patience.traffic();
    this.context.sent(bytes, this);
    if (this.state === 'open') this.write(wire, bytes, failed);
    else {
      this.waiting.push({ bytes, failed });
      this.waitingBytes += bytes.length;
    }
  }

  withdraw(bytes: Buffer): void {
    const at = this.waiting.findIndex((one) => one.bytes === bytes);
    if (at < 0) return;
    this.waiting.splice(at, 1);
    this.waitingBytes -= bytes.length;
  }

  /** The connection that we dialled stands, and the peer is who it should be. */
  opened(peerIdentities: readonly string[] = []): void {
    const { wire } = this;
    if (this.state !== 'opening' || wire === undefined) return;
    this.state = 'open';
    this.peerIdentities = peerIdentities;
    this.patience.opened(true);
    const { waiting } = this;
    this.waiting = [];
    this.waitingBytes = 0;
    for (const { bytes, failed } of waiting) this.write(wire, bytes, failed);
  }

  /** Octets of any kind came. */
  received(): void {
    this.patience.traffic();
    for (const callback of this.heardListeners) callback();
  }

  /** After octets were taken in: whether a message is still unfinished. */
  unfinished(partial: boolean): void {
    if (this.state !== 'closed') this.patience.waitFor(partial);
  }

  message(message: SipMessage): void {
    this.patience.hear();
    this.context.receiver.message(message, this);
  }

  malformed(problem: { malformed: MalformedCode; detail: string; request?: SipRequest | undefined }): void {
    const { malformed: code, detail, request } = problem;
    this.patience.finish();
    this.context.receiver.malformed({ code, detail, request }, this);
  }

  /** The peer asked whether we are there; its wire answers. */
  pinged(): void {
    this.patience.traffic();
  }

  ponged(): void {
    this.patience.traffic();
    for (const callback of this.pongListeners) callback();
  }

  /** Closes at once; what was not written is reported as failed. */
  shed(reason: string): void {
    if (this.state === 'closed') return;
    this.context.logger.debug({ flow: this.id, reason }, 'Connection shed');
    this.closed(new Error(reason));
  }

  /** The connection is gone, or is to go. */
  closed(error: Error): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.patience.stop();
    this.wire?.close(error.message);
    const unsent = [...this.unsent, ...this.waiting.map(({ failed }) => failed)];
    this.unsent.clear();
    this.waiting = [];
    this.heardListeners.clear();
    this.pongListeners.clear();
    this.closeListeners.notify();
    for (const failed of unsent) if (failed !== undefined) queueMicrotask(() => failed(error));
  }

  private write(wire: Wire, bytes: Buffer, failed: Failed | undefined): void {
    if (failed === undefined) {
      wire.write(bytes);
      return;
    }
    this.unsent.add(failed);
    wire.write(bytes, (error) => {
      if (error === null || error === undefined) this.unsent.delete(failed);
    });
  }

  private ask(answered: (dead: string | undefined) => void): () => void {
    const { clock } = this.context;
    let timer: TimerHandle | undefined = clock.setTimeout(() => {
      forget();
      answered('no answer to ping');
    }, PONG_MILLISECONDS);
    const ponged = (): void => {
      forget();
      answered(undefined);
    };
    const forget = (): void => {
      if (timer !== undefined) clock.clearTimeout(timer);
      timer = undefined;
      this.pongListeners.delete(ponged);
    };
    this.pongListeners.add(ponged);
    if (this.state === 'open') this.wire?.ping();
    return forget;
  }
}
