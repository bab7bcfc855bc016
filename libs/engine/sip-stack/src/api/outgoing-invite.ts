import type { Join, Reason, Replaces, SipResponse } from '@carillon/sip-message';
import type { Credentials, CredentialSource } from './credentials.js';
import type { Flow } from './flow.js';
import type { HeaderFields } from './header-fields.js';
import type { InviteSession, SessionTimerOptions } from './invite-session.js';
import type { RequestFailure } from './request-outcome.js';

export interface RequestTarget {
  /** Request-URI: `sip:`, `sips:` or (with a route or flow) `tel:`. */
  target: string;
  /** Send on this flow, e.g. the one a phone registered over. Beats `route` and `target` for the first hop. */
  flow?: Flow;
  /** Preloaded Route set, URIs; the first is the next hop. */
  route?: readonly string[];
  /** From: a URI, or a name-addr text such as `"Alice" <sip:alice@example.com>`. A tag is added. */
  from: string;
  /** To: as `from`; the target when left out. */
  to?: string;
  /** Fresh when left out. */
  callId?: string;
  /** Hops left; give an inbound call's value less one. Default 70; below 1 the request fails with 483 (RFC 3261 §16.3). */
  maxForwards?: number;
  headers?: HeaderFields;
  /** Answers the 401 and 407 of the peer and of proxies on the way by itself, for this and later requests of its dialog. */
  credentials?: CredentialSource;
}

export interface InviteOptions extends RequestTarget {
  /** The offer; without it the 200 must bring one, and you answer by `session.acknowledge({ sdp })`. */
  sdp?: string;
  /** User part and parameters of our Contact; the host is ours. */
  contactUser?: string;
  /** No final answer within this time cancels the call and rejects with 408. Default: Timer C, restarted by provisionals. */
  ringSeconds?: number;
  sessionTimer?: SessionTimerOptions;
  /** Takes over a dialog of the target's (RFC 3891), as the target sees it: {@link dialogOfPeer} names one of ours. */
  replaces?: Pick<Replaces, 'callId' | 'toTag' | 'fromTag'> & { readonly earlyOnly?: boolean };
  /** Joins a dialog of the target's (RFC 3911). */
  join?: Pick<Join, 'callId' | 'toTag' | 'fromTag'>;
}

export interface OutgoingInviteEvents {
  /** Every provisional above 100, of every branch; `sdp` is early media. */
  progress: (response: SipResponse, sdp: string | undefined) => void;
  /** The first 2xx; its ACK is sent already unless the INVITE was offerless. Later forks are ACKed and ended by themselves. */
  accepted: (session: InviteSession, response: SipResponse, sdp: string | undefined) => void;
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
}

export interface OutgoingRequestOptions extends RequestTarget {
  method: string;
  body?: string | Uint8Array;
  contentType?: string;
  /** Adds our Contact header. */
  contact?: boolean;
}
