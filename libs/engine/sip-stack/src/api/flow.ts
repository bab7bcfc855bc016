/** `wss` is a WebSocket whose TLS ends here; where a web server in front ends the TLS it is `ws`. */
export type TransportProtocol = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** How a flow is watched, see {@link Flow.keepAlive}. */
export interface KeepAliveOptions {
  /**
   * `ask`: we ping, and want each ping answered: CRLF on streams within 10 s (RFC 5626 §4.4.1), STUN over UDP
   * (§4.4.2), a WebSocket ping. Most phones answer no STUN, and need not answer CRLF: ask those who promised to.
   * `expect`: the peer promised to ping us (Flow-Timer, RFC 6223 `keep`), and only its silence is watched.
   */
  readonly role: 'ask' | 'expect';
  /**
   * `ask`: longest time between two pings; each wait is a random 80 to 100 % of it.
   * `expect`: the interval that was promised; the flow is dead after it and 10 s more (§5.4 asks for some grace).
   */
  readonly intervalSeconds: number;
  /** Called once, when the flow is found dead or its connection closes; not after `stop`. */
  readonly onDead: (reason: string) => void;
}

/** A peer that wants to connect, before any handshake. */
export interface ConnectionArrival {
  readonly address: string;
  readonly port: number;
  /** Connections that are open from this address (of IPv6: from its /64), and from everybody, at this transport. */
  readonly openFromAddress: number;
  readonly open: number;
  /** How many may be: {@link Limits.maxConnections}. */
  readonly most: number;
}

/**
 * The way to one peer: a connection (TCP, TLS, WS, WSS) or a pair of a UDP socket and a remote address.
 * Keep the flow of a REGISTER and send later requests on it, and they pass the peer's NAT (RFC 5626).
 */
export interface Flow {
  /** Stable text, e.g. `udp:127.0.0.1:5060-10.0.0.7:5062`; give it to {@link UserAgent.flow} to find the flow again. */
  readonly id: string;
  readonly protocol: TransportProtocol;
  readonly localAddress: string;
  readonly localPort: number;
  /** Without a zone, also for link-local IPv6. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** False once the connection is gone; always true for UDP. */
  readonly open: boolean;
  /**
   * SIP domain identities of the certificate that the peer proved (RFC 5922 §7.1), lower case; empty where it showed
   * none, or one that our authorities do not vouch for.
   */
  readonly peerIdentities: readonly string[];
  /** Calls back once when the connection is gone (never for UDP). Returns a function that forgets the callback. */
  onClosed(callback: () => void): () => void;
  /** Watches whether the peer is still there. Returns a function that stops the watch; one flow may have several. */
  keepAlive(options: KeepAliveOptions): () => void;
}
