import type { UnfinishedCopy } from './dialog-copy.js';
import type { Entity, Join, Reason, Replaces, SipResponse } from '@carillon/sip-message';
import type { Credentials, CredentialSource } from './credentials.js';
import type { Flow } from './flow.js';
import type { HeaderFields } from './header-fields.js';
import type { InviteProgress, InviteSession, SessionTimerOptions } from './invite-session.js';
import type { RequestFailure } from './request-outcome.js';

export interface RequestTarget {
  /** Request-URI: `sip:`, `sips:` or (with a route or flow) `tel:`. */
  target: string;
  /** Send on this flow, e.g. the one a phone registered over. Beats `route` and `target` for the first hop. */
  flow?: Flow | undefined;
  /** Preloaded Route set, URIs; the first is the next hop. */
  route?: readonly string[] | undefined;
  /** Of the servers that a name leads to, only those of this family of IP: for an offer of that family (RFC 6157 §4.1). */
  family?: 4 | 6 | undefined;
  /** Whoever calls has other servers to try, of the other family say: that these cannot be reached is told soon. */
  elsewhere?: boolean | undefined;
  /**
   * Whoever calls waits no longer than this for anybody to answer at all: each server of a name has its share of it, so that one
   * which is silent does not use it up (RFC 3263 §4.3 would leave it to Timer B).
   */
  answerWithinMilliseconds?: number | undefined;
  /** Over TLS alone, though no URI asks for it (RFC 5630 §5.3). */
  secure?: boolean | undefined;
  /** The flow is as good as one of TLS, whatever it looks like: its TLS ends at a server in front of us. */
  trustsFlow?: boolean | undefined;
  /** From: a URI, or a name-addr text such as `"Alice" <sip:alice@example.com>`. A tag is added. */
  from: string;
  /** To: as `from`; the target when left out. */
  to?: string | undefined;
  /** Fresh when left out. */
  callId?: string;
  /** Hops left; give an inbound call's value less one. Default 70; below 1 the request fails with 483 (RFC 3261 §16.3). */
  maxForwards?: number | undefined;
  headers?: HeaderFields | undefined;
  /** Answers the 401 and 407 of the peer and of proxies on the way by itself, for this and later requests of its dialog. */
  credentials?: CredentialSource | undefined;
}

export interface InviteOptions extends RequestTarget {
  /** The offer; without it the 200 must bring one, and you answer by `session.acknowledge({ sdp })`. */
  sdp?: string | undefined;
  /** Goes beside the offer in one multipart/mixed body (RFC 5621 §3), e.g. a place (RFC 6442). */
  attached?: readonly Entity[] | undefined;
  /** User part and parameters of our Contact; the host is ours. */
  contactUser?: string | undefined;
  /** No final answer within this time cancels the call and rejects with 408. Default: Timer C, restarted by provisionals. */
  ringSeconds?: number;
  sessionTimer?: SessionTimerOptions | undefined;
  /** Overrides the user agent's policy for this call. */
  reliableProvisional?: ReliableProvisionalPolicy | undefined;
  /** Takes over a dialog of the target's (RFC 3891), as the target sees it: {@link dialogOfPeer} names one of ours. */
  replaces?: Pick<Replaces, 'callId' | 'toTag' | 'fromTag'> & { readonly earlyOnly?: boolean };
  /** Joins a dialog of the target's (RFC 3911). */
  join?: Pick<Join, 'callId' | 'toTag' | 'fromTag'>;
}

/**
 * RFC 3262. `supported`: offered to others, used when they want it. `required`: our INVITEs require it, and INVITEs without it get
 * 421.
 */
export type ReliableProvisionalPolicy = 'off' | 'supported' | 'required';

/** What may change when a refused call is tried again. */
export type InviteRetry = Partial<
  Pick<
    InviteOptions,
    'target' | 'flow' | 'route' | 'secure' | 'trustsFlow' | 'to' | 'sdp' | 'headers' | 'credentials' | 'sessionTimer'
  >
>;

export interface OutgoingInviteEvents {
  /** Every provisional above 100, of every branch; `sdp` is early media (an offer when the INVITE had none, see `about`). */
  progress: (response: SipResponse, sdp: string | undefined, about: InviteProgress) => void;
  /**
   * The first 2xx; its ACK is sent already unless it brought an offer. `sdp` is what was agreed: of the 2xx, or of a reliable 1xx
   * before it.
   */
  accepted: (session: InviteSession, response: SipResponse, sdp: string | undefined) => void;
  /**
   * A 2xx of another branch, as for `accepted`. Without a handler it is ACKed and ended with BYE (RFC 3261 §13.2.2.4).
   */
  forked: (session: InviteSession, response: SipResponse, sdp: string | undefined) => void;
  /** Final refusal, 408 (cause timeout), 503 (cause transport), or 487 after `cancel`. */
  rejected: (failure: RequestFailure) => void;
}

/** An INVITE on its way out. Exactly one of `accepted` and `rejected` is emitted, once, never synchronously. */
export interface OutgoingInvite {
  readonly callId: string;
  readonly localTag: string;
  readonly state: 'calling' | 'proceeding' | 'cancelling' | 'accepted' | 'rejected';
  on<E extends keyof OutgoingInviteEvents>(event: E, handler: OutgoingInviteEvents[E]): this;
  /**
   * Gives the call up: CANCEL once a provisional has come (RFC 3261 §9.1); a 200 that crosses it is ACKed and ended with BYE.
   * Always leads to `rejected`, unless `accepted` came before.
   */
  cancel(options?: { reason?: Reason | readonly Reason[] }): void;
  /**
   * After `rejected` with 401/407: the same call again (same Call-ID and From tag, next CSeq) with credentials.
   * Undefined when the challenge cannot be answered or these credentials were already refused.
   */
  retryWithAuth(credentials: Credentials): OutgoingInvite | undefined;
  /**
   * After `rejected`: the same call again (same Call-ID, To and From tag, next CSeq), changed: at the Contact of a 3xx
   * (RFC 3261 §8.1.3.4), without what a 415 or 420 refused (§8.1.3.5). Undefined when it was not rejected by a response.
   */
  retry(changes: InviteRetry): OutgoingInvite | undefined;
  /** What another process needs to cancel it; undefined before it was sent, and once it is answered. */
  unfinished(): UnfinishedCopy | undefined;
  /** Early dialogs alive, one for each To tag. */
  readonly earlyDialogs: readonly InviteSession[];
}

export interface OutgoingRequestOptions extends RequestTarget {
  method: string;
  body?: string | Uint8Array;
  contentType?: string;
  /** Adds our Contact header. */
  contact?: boolean;
}
