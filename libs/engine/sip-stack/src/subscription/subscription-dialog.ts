import type { Dialog } from '../dialog/dialog.js';
import type { DialogUsage } from '../dialog/dialog-layer.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import { capabilityAnswer } from '../user-agent/capability-answer.js';
import type { Capabilities } from '../user-agent/core.js';

/** A dialog without a call: answers what is neither SUBSCRIBE nor NOTIFY of its subscriptions. */
export class SubscriptionDialog implements DialogUsage {
  constructor(
    readonly dialog: Dialog,
    private readonly capabilities: () => Capabilities,
  ) {}

  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (!this.dialog.admitSequence(request)) {
      transaction.respond(500, { reason: 'CSeq out of order' });
      return;
    }
    switch (request.method) {
      case 'OPTIONS':
        transaction.respond(200, { headers: capabilityAnswer(this.capabilities()) });
        return;
      case 'NOTIFY':
      case 'BYE':
      case 'UPDATE':
      case 'PRACK':
        // No subscription with this Event, and no call (RFC 6665 §4.1.3, RFC 5057 §5.3).
        transaction.respond(481);
        return;
      default:
        transaction.respond(405, { headers: [['Allow', 'SUBSCRIBE, NOTIFY, OPTIONS']] });
    }
  }

  receiveAck(): void {
    // Nothing here is acknowledged.
  }

  /** Its subscriptions are closed by themselves. */
  close(): Promise<unknown> {
    return Promise.resolve();
  }
}
