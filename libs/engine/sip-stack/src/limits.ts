/** Bounds on what peers may make the stack hold. Every one is checked before memory is taken. */
export interface Limits {
  /** Largest SIP message on a stream or WebSocket, octets. */
  maxMessageBytes: number;
  /** Most header lines in one message. */
  maxHeaders: number;
  /** Largest body, octets. */
  maxBodyBytes: number;
  /** Server and client transactions alive at once; further requests get 503 (or silence for ACK). */
  maxTransactions: number;
  /** Dialogs alive at once. */
  maxDialogs: number;
  /** Connections of one transport at once, those in their handshake included. */
  maxConnections: number;
  /** Connections at once from one address. */
  maxConnectionsPerAddress: number;
  /** Octets waiting to be written to one connection before it is shed. */
  maxWriteBacklogBytes: number;
  /** A started message must be whole within this time, milliseconds. */
  slowMessageMilliseconds: number;
  /** A connection that never carried a whole message is shed after this time, milliseconds. */
  silentConnectionMilliseconds: number;
  /** A connection without traffic is shed after this time, milliseconds. */
  idleConnectionMilliseconds: number;
  /** Time to open an outgoing connection, TLS handshake included, milliseconds. */
  connectMilliseconds: number;
  /** Time for a peer that connects to finish its TLS handshake and WebSocket upgrade, milliseconds. */
  handshakeMilliseconds: number;
  /** Outgoing connections that are being opened at once. */
  maxOpening: number;
}

/** Suited to one process serving some thousands of phones. */
export const DEFAULT_LIMITS: Limits = {
  maxMessageBytes: 65_535,
  maxHeaders: 256,
  maxBodyBytes: 61_440,
  maxTransactions: 50_000,
  maxDialogs: 50_000,
  maxConnections: 10_000,
  maxConnectionsPerAddress: 2_000,
  maxWriteBacklogBytes: 1_048_576,
  slowMessageMilliseconds: 10_000,
  silentConnectionMilliseconds: 30_000,
  idleConnectionMilliseconds: 3_900_000,
  connectMilliseconds: 8_000,
  handshakeMilliseconds: 10_000,
  maxOpening: 512,
};
