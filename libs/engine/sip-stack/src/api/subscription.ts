import type { SubscriptionState } from '@carillon/sip-message';
import type { IncomingRequest } from './incoming-request.js';

/** A NOTIFY of a subscription of ours. Without a reply of the handler's own it is answered 200. */
export interface IncomingNotify extends IncomingRequest {
  readonly subscriptionState: SubscriptionState;
  /** Media type of the body; undefined without one: the state is neutral, or unchanged (RFC 5839). */
  readonly contentType: string | undefined;
  readonly body: string;
  /** From tag: which branch of a forked SUBSCRIBE it comes from. */
  readonly dialogTag: string;
}
