/** What carries the octets of a connection: a TCP or TLS socket, or a WebSocket. */
export interface Wire {
  /** Octets written but not yet taken by the system. */
  readonly backlog: number;
  write(bytes: Buffer, written?: (error?: Error | null) => void): void;
  /** Asks the peer for a sign of life; the answer comes to {@link Connection.ponged}. */
  ping(): void;
  /** Goes away; what can still be written without waiting is. */
  close(reason: string): void;
}
