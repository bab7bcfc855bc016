import type { EventHeader, NameAddress, SipRequest } from '@carillon/sip-message';
import type { HeaderFields } from './header-fields.js';
import type { IncomingRequest } from './incoming-request.js';
import type { SubscriptionCopy } from './dialog-copy.js';
import type { DialogId } from './invite-session.js';
import type { Flow } from './flow.js';
import type { RequestOutcome } from './request-outcome.js';
import type { WayToPeer } from './way-to-peer.js';

/** An event package as far as the framework is concerned (RFC 6665 §5). Times in seconds. */
export interface EventPackage {
  readonly name: string;
  /** Bodies of its NOTIFYs; the first is sent to subscribers that name none in Accept. */
  readonly bodyTypes: readonly string[];
  readonly defaultExpires: number;
  /** Shorter subscriptions get 423 (fetches aside). */
  readonly minimumExpires: number;
  /** Longer ones are granted this. */
  readonly maximumExpires: number;
  /** Least time between two NOTIFYs of one subscription, milliseconds; what changes in between is sent once (§5.4.10). */
  readonly minimumIntervalMilliseconds?: number;
}

export interface AcceptSubscribeOptions {
  /** Seconds granted; what was asked for within the package's bounds when left out. */
  expires?: number;
  headers?: HeaderFields;
  /** Nobody has allowed it yet: NOTIFYs say `pending` until `activate` (RFC 6665 §4.2.2). */
  pending?: boolean;
}

/** A SUBSCRIBE that makes a subscription, outside a dialog or in one of a call (RFC 6665 §4.5.2). */
export interface IncomingSubscribe extends IncomingRequest {
  /** Event package and id; undefined when the header is missing (489 is then right). */
  readonly event: EventHeader | undefined;
  /** Definition of the package, when the user agent was given one. */
  readonly package: EventPackage | undefined;
  /** Seconds asked for; undefined when left to the package's default. 0 is a fetch. */
  readonly expires: number | undefined;
  /** The body type to send: the package's first that the subscriber accepts. */
  readonly bodyType: string | undefined;
  /**
   * Accepts with 200 and the granted time. Call `notify` on the result at once: RFC 6665 §4.2.1.2 wants the state immediately.
   */
  accept(options?: AcceptSubscribeOptions): NotifierSubscription;
}

export type SubscriptionEndKind = 'expired' | 'unsubscribed' | 'terminated' | 'lost' | 'closed';

/** Why a notifier ends a subscription (RFC 6665 §4.1.3). */
export type TerminationReason =
  'deactivated' | 'probation' | 'rejected' | 'timeout' | 'giveup' | 'noresource' | 'invariant';

export interface NotifyContent {
  contentType?: string;
  /** A function is asked when the NOTIFY really goes, for bodies that count versions. */
  body?: string | (() => string);
  headers?: HeaderFields;
  /** Names this state, so that a subscriber can say it has it (RFC 5839). */
  entityTag?: string;
}

export interface NotifierSubscriptionEvents {
  /**
   * The subscriber refreshed (already answered 200 with the granted time): notify the full state. Without a handler the last
   * state is sent again. Not called when the subscriber has the state (RFC 5839 §5.4).
   */
  refreshed: (request: SipRequest) => void;
  /**
   * What was sent last was refused, or nobody was there to take it: a document that tells only what has changed since must tell
   * more, as must the one that goes again now, by another way.
   */
  unheard: () => void;
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
  readonly state: 'pending' | 'active' | 'terminated';
  readonly subscriber: NameAddress;
  /** Clock time in milliseconds. */
  readonly expiresAt: number;
  /** The way that NOTIFYs go by; undefined where the Contact is looked up, or the subscriber's connection is gone. */
  readonly flow: Flow | undefined;
  /** False while nobody is there to take a NOTIFY: its connection is gone, or it did not answer. */
  readonly reachable: boolean;
  /**
   * Where the subscriber is by now: what it has not confirmed goes there as soon as there is a way, and until then nothing is
   * sent. Without this, the subscription ends when nobody takes a NOTIFY (RFC 6665 §4.2.2).
   */
  reachBy(way: WayToPeer): void;
  on<E extends keyof NotifierSubscriptionEvents>(event: E, handler: NotifierSubscriptionEvents[E]): this;
  /** What another process needs to go on with it; undefined once it is terminated. */
  copy(): SubscriptionCopy | undefined;
  /**
   * Sends the state. One NOTIFY is on its way at a time, and no faster than the package allows; a state that waits is replaced by
   * the next one, whose outcome counts for both. A state that the subscriber said it has is not sent: status 204, cause `ended`.
   */
  notify(content: NotifyContent): Promise<RequestOutcome>;
  /** A pending subscription was allowed; notify the state next. */
  activate(): void;
  /** Sends the last NOTIFY with `terminated;reason=…`. */
  terminate(
    reason: TerminationReason,
    options?: { contentType?: string; body?: string; retryAfterSeconds?: number },
  ): Promise<RequestOutcome>;
}
