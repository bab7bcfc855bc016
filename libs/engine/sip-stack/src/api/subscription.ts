import type { SubscriptionState } from '@carillon/sip-message';
import type { IncomingRequest } from './incoming-request.js';
import type { RequestTarget } from './outgoing-invite.js';
import type { RegistrationRetry } from './registration.js';
import type { RequestFailure } from './request-outcome.js';

/** A NOTIFY of a subscription of ours. Without a reply of the handler's own it is answered 200. */
export interface IncomingNotify extends IncomingRequest {
  readonly subscriptionState: SubscriptionState;
  /** Media type of the body; undefined without one: the state is neutral, or unchanged (RFC 5839). */
  readonly contentType: string | undefined;
  readonly body: string;
  /** From tag: which branch of a forked SUBSCRIBE it comes from. */
  readonly dialogTag: string;
}

export interface SubscribeOptions extends RequestTarget {
  /** Event package, e.g. `dialog`. */
  event: string;
  eventId?: string;
  /** Time to ask for, seconds; default 3600. 0 fetches the state once (RFC 6665 §4.4.3). */
  expiresSeconds?: number;
  /** Body types for Accept; the package's default when left out. */
  accept?: readonly string[];
  /** Filter of the package. */
  body?: string;
  contentType?: string;
  /** User part of our Contact. */
  contactUser?: string;
  /**
   * What to do when the SUBSCRIBE reaches several notifiers: keep each one's subscription, or only the first (default); the package
   * says which is right (RFC 6665 §5.4.9).
   */
  forks?: 'all' | 'first';
  /** Waits after failures, as of a registration. `false`: never subscribes anew. */
  retry?: Partial<RegistrationRetry> | false;
}

/** Why a subscription is over, for good or until it is made anew. */
export type SubscriptionEnd =
  /** Closed by us. */
  | { readonly kind: 'closed' }
  /** The state was fetched. */
  | { readonly kind: 'fetched' }
  /** SUBSCRIBE refused, not answered, or the dialog lost. */
  | { readonly kind: 'failed'; readonly failure: RequestFailure }
  /** No NOTIFY within 64*T1 (RFC 6665 §4.1.2.4). */
  | { readonly kind: 'silent' }
  /** The notifier ended it (RFC 6665 §4.1.3). */
  | { readonly kind: 'terminated'; readonly reason: string | undefined; readonly retryAfter: number | undefined }
  /** The time ran out. */
  | { readonly kind: 'expired' };

export interface SubscriptionEvents {
  /** Every NOTIFY, the last one too. */
  notify: (notify: IncomingNotify) => void;
  /** It broke, and is made anew after `retrySeconds`. What was known of the state is stale. */
  interrupted: (why: SubscriptionEnd, retrySeconds: number) => void;
  /** Once, last. */
  ended: (why: SubscriptionEnd) => void;
}

/**
 * One resource watched until it is closed.
 *
 * ```text
 * subscribing --NOTIFY--> active --terminated, lost--> waiting --delay--> subscribing
 *      `--refused, silent--------------------------------^ | no use trying again
 *   any --close: Expires 0, last NOTIFY------------------> ended
 * ```
 */
export interface Subscription {
  readonly state: 'subscribing' | 'active' | 'waiting' | 'ended';
  on<E extends keyof SubscriptionEvents>(event: E, handler: SubscriptionEvents[E]): this;
  /** Asks for the whole state now. */
  refresh(): void;
  /** Unsubscribes, waits for the last NOTIFY, and ends. Idempotent. */
  close(): Promise<void>;
}
