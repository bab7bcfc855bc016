import type { KeepAliveOptions, TransportProtocol } from '../api/flow.js';
import { CloseListeners } from '../transport/close-listeners.js';
import type { SipFlow } from '../transport/sip-flow.js';

/** The ends of a flow as its id names them. */
export interface RemoteEnds {
  readonly protocol: TransportProtocol;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** The way to the worker that has the connection. */
export interface RemoteHolder {
  readonly worker: number;
  readonly write: (bytes: Buffer, flow: SipFlow) => void;
  /** Asks it to watch the peer. @returns ends the watch */
  readonly watch: (flow: RemoteFlow, options: KeepAliveOptions) => () => void;
}

/** A connection that another worker holds: what we write goes over there first. */
export class RemoteFlow implements SipFlow {
  readonly reliable = true;
  readonly protocol: TransportProtocol;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** As the worker that has the connection knows them. */
  peerIdentities: readonly string[] = [];
  open = true;
  private readonly listeners = new CloseListeners();

  constructor(
    readonly id: string,
    ends: RemoteEnds,
    readonly holder: RemoteHolder,
  ) {
    this.protocol = ends.protocol;
    this.localAddress = ends.localAddress;
    this.localPort = ends.localPort;
    this.remoteAddress = ends.remoteAddress;
    this.remotePort = ends.remotePort;
  }

  send(bytes: Buffer, failed?: (error: Error) => void): void {
    if (this.open) this.holder.write(bytes, this);
    else if (failed !== undefined) queueMicrotask(() => failed(new Error('Connection closed')));
  }

  onClosed(callback: () => void): () => void {
    return this.listeners.add(callback);
  }

  /** The worker that has the connection watches it; its end is told to all. */
  keepAlive(options: KeepAliveOptions): () => void {
    let ended = false;
    const end = (): void => {
      ended = true;
      forget();
      stop();
    };
    const dead = (reason: string): void => {
      if (ended) return;
      end();
      options.onDead(reason);
    };
    const stop = this.open ? this.holder.watch(this, { ...options, onDead: dead }) : (): void => undefined;
    const forget = this.onClosed(() => dead('connection closed'));
    return () => {
      if (!ended) end();
    };
  }

  closed(): void {
    this.open = false;
    this.listeners.notify();
  }
}
