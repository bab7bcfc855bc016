import type { Flow } from './flow.js';

/** How a peer is reached whose connections come and go: a phone by its latest registration, say (RFC 5626 §5.3). */
export interface WayToPeer {
  /**
   * The way that is there now.
   * @param known an open connection that requests would go by otherwise
   */
  find(known: Flow | undefined): Flow | undefined;
  /** Calls back, once or more often, when there may be one. @returns stops that */
  awaitAnother(found: () => void): () => void;
}
