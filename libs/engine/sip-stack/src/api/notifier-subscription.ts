import type { EventHeader, NameAddress, SipRequest } from '@carillon/sip-message';
import type { HeaderFields } from './header-fields.js';
import type { IncomingRequest } from './incoming-request.js';
import type { DialogId } from './invite-session.js';
import type { RequestOutcome } from './request-outcome.js';

/** A SUBSCRIBE outside any dialog. */
export interface IncomingSubscribe extends IncomingRequest {
  /** Event package and id; undefined when the header is missing (489 is then right). */
  readonly event: EventHeader | undefined;
  /** Seconds asked for; undefined when left to the package's default. 0 is a fetch. */
  readonly expires: number | undefined;
  /**
   * Accepts with 200 and the granted time. Call `notify` on the result at once: RFC 6665 §4.2.1.2 wants the state immediately.
   */
  accept(options: { expires: number; headers?: HeaderFields }): NotifierSubscription;
}

export type SubscriptionEndKind = 'expired' | 'unsubscribed' | 'terminated' | 'lost' | 'closed';

export interface NotifierSubscriptionEvents {
  /** The subscriber refreshed (already answered 200 with the granted time): notify the full state. */
  refreshed: (request: SipRequest) => void;
  /**
   * The time ran out, or the subscriber left. The final NOTIFY (`terminated`) is yours to send for
   * `unsubscribed` and `expired` when you return a body; it is sent empty when you return nothing.
   */
  ended: (kind: SubscriptionEndKind) => { contentType: string; body: string } | void;
}

/** The notifier's side of a subscription (RFC 6665 §4.2). */
export interface NotifierSubscription {
  readonly id: DialogId;
  readonly event: EventHeader;
  readonly state: 'active' | 'terminated';
  readonly subscriber: NameAddress;
  /** Clock time in milliseconds. */
  readonly expiresAt: number;
  on<E extends keyof NotifierSubscriptionEvents>(event: E, handler: NotifierSubscriptionEvents[E]): this;
  notify(options: { contentType?: string; body?: string; headers?: HeaderFields }): Promise<RequestOutcome>;
  /** Sends the last NOTIFY with `terminated;reason=…` (`deactivated`, `rejected`, `noresource`, `giveup`, `timeout`). */
  terminate(reason: string, options?: { contentType?: string; body?: string }): Promise<RequestOutcome>;
}
