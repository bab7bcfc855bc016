import type { WebSocket } from 'ws';
import type { ConnectionArrival, Flow } from '../api/flow.js';
import type { ListenAddress } from '../api/user-agent.js';
import type { Clock } from '../clock.js';
import type { Limits } from '../limits.js';
import type { Logger } from '../logger.js';
import type { MarkSocket } from './mark-socket.js';
import type { SipFlow, TransportReceiver } from './sip-flow.js';
import type { TlsContexts } from './tls/tls-contexts.js';

/** One bound address of one protocol. */
export interface Transport {
  /** With the real port. */
  readonly address: ListenAddress;
  /** Ways that are open now: connections. Always 0 for UDP. */
  readonly connections: number;
  /**
   * The flow to a peer: an open connection, or a new one that is being opened; undefined when this transport cannot.
   * @param serverName host of the URI that led here: TLS is checked against it, and a connection to another name at
   * the same address is not used
   */
  flowTo(address: string, port: number, serverName?: string): SipFlow | undefined;
  /** An existing flow only (for UDP, any address). */
  findFlow(address: string, port: number): SipFlow | undefined;
  /** Whether a flow is one of this transport that is open as long as it is: then it need not be looked for. */
  owns?(flow: Flow): flow is SipFlow;
  /** Where nothing else would tell: calls back when nobody listens there. @returns ends the asking */
  probe?(address: string, port: number, refused: (error: Error) => void): () => void;
  /** Closes connections whose peer is not wanted any more; nothing for UDP. @returns how many */
  shed?(unwanted: UnwantedPeer, reason: string): number;
  /** A sign of life of this peer came in another process that shares the socket. */
  heard?(address: string, port: number, bytes: Buffer): void;
  close(): Promise<void>;
}

export type UnwantedPeer = (peer: Pick<SipFlow, 'remoteAddress' | 'remotePort'>) => boolean;

/** A transport that takes WebSockets which someone else has upgraded. */
export interface WebSocketTransport extends Transport {
  accept(socket: WebSocket, remote: { address: string; port: number }): SipFlow | undefined;
}

export interface TransportContext {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly logger: Logger;
  readonly receiver: TransportReceiver;
  /** Unguessable octets. */
  readonly bytes: (length: number) => Uint8Array;
  /** In [0, 1): spreads keep-alives. */
  readonly fraction: () => number;
  /** Marks the packets of a socket (DSCP). */
  readonly mark: MarkSocket;
  /** Undefined where no certificates were given: then TLS can neither be served nor dialled. */
  readonly tls: TlsContexts | undefined;
  /** Whether a page of this origin may open a WebSocket. */
  readonly allowOrigin?: ((origin: string) => boolean) | undefined;
  /** Whether a peer may connect; all may within the limits where left out. */
  readonly admitsConnection?: ((arrival: ConnectionArrival) => boolean) | undefined;
  /** Called for every message that leaves; feeds the tap and the counters. */
  readonly sent: (bytes: Buffer, flow: SipFlow) => void;
  /** A sign of life that is no message came over UDP; whoever else shares the socket may wait for it. */
  readonly keptAlive?: (flow: SipFlow, bytes: Buffer) => void;
}

/** Opens transports: real sockets in production, a lossy virtual network in tests. */
export interface Network {
  /** @throws Error with the system's code when the address cannot be bound */
  listen(address: ListenAddress, context: TransportContext): Promise<Transport>;
  /** A WebSocket transport without a port of its own; `host` is what its flows call our address. */
  webSockets(host: string, context: TransportContext): WebSocketTransport;
  /** Where several processes share it: a dialog of this Call-ID is here, whichever process it names. */
  keepCall?(callId: string): void;
  /** A dialog of this Call-ID has gone to another process. */
  moveCall?(callId: string, worker: number): void;
}
