import type { SubscriptionState } from '@carillon/sip-message';
import type { IncomingNotify } from '../api/subscription.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';
import { ReceivedRequest } from '../user-agent/received-request.js';

/** A NOTIFY of a subscription of ours. */
export class ReceivedNotify extends ReceivedRequest implements IncomingNotify {
  constructor(
    core: Core,
    transaction: ServerTransaction,
    readonly subscriptionState: SubscriptionState,
  ) {
    super(core, transaction);
  }

  get contentType(): string | undefined {
    return this.request.body.length === 0 ? undefined : this.request.contentType;
  }

  get body(): string {
    return this.request.bodyText;
  }

  get dialogTag(): string {
    return this.request.fromTag ?? '';
  }
}
