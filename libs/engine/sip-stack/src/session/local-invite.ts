import type { ClientTransaction } from '../transaction/client-transaction.js';
import type { Negotiation } from './negotiation.js';
import type { ReinviteWatch } from './reinvite-watch.js';

/** An INVITE of ours that waits for its final answer, as one dialog sees it. */
export class LocalInvite {
  /** Last reliable 1xx taken in order (RFC 3262 §4); 0 before the first. */
  rseq = 0;
  /** The re-INVITE's transaction, for CANCEL; the first INVITE's belongs to the call. */
  transaction: ClientTransaction | undefined;
  watch: ReinviteWatch | undefined;
  /** What was agreed before it, to go back to (RFC 6141 §3.4). */
  readonly before: { local: string | undefined; remote: string | undefined };
  private readonly completedBefore: number;

  constructor(
    public sequence: number,
    negotiation: Negotiation,
  ) {
    this.before = { local: negotiation.local, remote: negotiation.remote };
    this.completedBefore = negotiation.completed;
  }

  /** Sent again with another number: RSeq counts anew. */
  renumber(sequence: number): void {
    this.sequence = sequence;
    this.rseq = 0;
  }

  /** Something was agreed within it. */
  changed(negotiation: Negotiation): boolean {
    return negotiation.completed > this.completedBefore;
  }
}
