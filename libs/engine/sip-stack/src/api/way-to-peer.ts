import type { Flow } from './flow.js';

/** How a peer is reached whose connections come and go: a phone by its latest registration, say (RFC 5626 §5.3). */
export interface WayToPeer {
  /**
   * The way that is there now.
   * @param known an open connection that requests would go by otherwise
   */
  find(known: Flow | undefined): Flow | undefined;
  /** Calls back, once or more often, when there may be one. @returns stops that. Left out: nobody waits for one */
  awaitAnother?(found: () => void): () => void;
  /**
   * A URI whose servers are asked where the connection is gone and none can be made to the peer's Contact or Route: its own
   * name, where it was called by one. A Contact may name an address that a NAT hides, or that no certificate proves (RFC 5922 §7).
   */
  readonly address?: string;
}
