import type { SipResponse } from '@carillon/sip-message';
import type { Clock, TimerHandle } from '../clock.js';
import type { Penalties } from '../location/penalties.js';
import type { Target } from '../location/target.js';
import type { ClientListener, ClientTransaction } from '../transaction/client-transaction.js';
import type { TransactionLayer } from '../transaction/transaction-layer.js';

interface LeftServerParts {
  readonly transactions: TransactionLayer;
  readonly penalties: Penalties;
  readonly clock: Clock;
  readonly t1: number;
}

/**
 * A server that was left for its silence and may have heard the request all the same. Nobody shall ring for a call that goes on
 * elsewhere, or is over.
 *
 * ```text
 * left, nothing is repeated --1xx--> CANCEL --64*T1--> destroyed (RFC 3261 §9.1)
 *           |   `--timer B--> destroyed  |
 *           `-----------final------------'--> a 2xx is told
 * ```
 */
export class LeftServer {
  /** From its CANCEL on. */
  private timer: TimerHandle | undefined;

  constructor(
    private readonly parts: LeftServerParts,
    private readonly left: {
      readonly transaction: ClientTransaction;
      readonly target: Target;
      readonly listener: ClientListener;
    },
  ) {
    left.transaction.stopRepeating();
  }

  receive(response: SipResponse): void {
    const { penalties } = this.parts;
    const { transaction, target, listener } = this.left;
    const { status } = response;
    if (status !== 503) penalties.forgive(target);
    if (status < 200) this.callOff();
    else {
      this.end();
      if (status < 300 && transaction.isInvite) listener.late?.(response, transaction.flow);
    }
  }

  /** Nothing more comes of it. */
  end(): void {
    if (this.timer !== undefined) this.parts.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }

  private callOff(): void {
    const { transactions, clock, t1 } = this.parts;
    const { transaction } = this.left;
    if (this.timer !== undefined) return;
    // Only an INVITE is cancelled (§9.1).
    if (!transaction.isInvite) {
      transaction.terminate();
      return;
    }
    transactions.cancel(transaction, []);
    this.timer = clock.setTimeout(() => transaction.terminate(), 64 * t1);
  }
}
