import type { TransportProtocol } from '../api/flow.js';
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

/** A connection that another worker holds: what we write goes over there first. */
export class RemoteFlow implements SipFlow {
  readonly reliable = true;
  readonly peerIdentities: readonly string[] = [];
  readonly protocol: TransportProtocol;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  open = true;
  private readonly listeners = new CloseListeners();

  constructor(
    readonly id: string,
    ends: RemoteEnds,
    private readonly write: (bytes: Buffer, flow: SipFlow) => void,
  ) {
    this.protocol = ends.protocol;
    this.localAddress = ends.localAddress;
    this.localPort = ends.localPort;
    this.remoteAddress = ends.remoteAddress;
    this.remotePort = ends.remotePort;
  }

  send(bytes: Buffer, failed?: (error: Error) => void): void {
    if (this.open) this.write(bytes, this);
    else if (failed !== undefined) queueMicrotask(() => failed(new Error('Connection closed')));
  }

  onClosed(callback: () => void): () => void {
    return this.listeners.add(callback);
  }

  /** The worker that has the connection watches it; its end is told to all. */
  keepAlive({ onDead }: { onDead: (reason: string) => void }): () => void {
    return this.onClosed(() => onDead('Connection closed'));
  }

  closed(): void {
    this.open = false;
    this.listeners.notify();
  }
}
