/** `ws` covers WebSocket over TLS too: the HTTP server in front ends the TLS. */
export type TransportProtocol = 'udp' | 'tcp' | 'ws';

/**
 * The way to one peer: a connection (TCP, WS) or a pair of a UDP socket and a remote address.
 * Keep the flow of a REGISTER and send later requests on it, and they pass the peer's NAT (RFC 5626).
 */
export interface Flow {
  /** Stable text, e.g. `udp:127.0.0.1:5060-10.0.0.7:5062`; give it to {@link UserAgent.flow} to find the flow again. */
  readonly id: string;
  readonly protocol: TransportProtocol;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** False once the connection is gone; always true for UDP. */
  readonly open: boolean;
  /** Calls back once when the connection is gone (never for UDP). Returns a function that forgets the callback. */
  onClosed(callback: () => void): () => void;
}
