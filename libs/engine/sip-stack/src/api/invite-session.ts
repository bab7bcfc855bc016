import type { NameAddress, Reason, SipRequest, SipResponse } from '@carillon/sip-message';
import type { Flow } from './flow.js';
import type { HeaderFields } from './header-fields.js';
import type { IncomingRequest, ReplyOptions } from './incoming-request.js';
import type { IncomingRefer, OutgoingRefer, ReferOptions } from './refer.js';
import type { RequestFailure, RequestOutcome } from './request-outcome.js';

/** RFC 4028. */
export interface SessionTimerOptions {
  /** Session-Expires in seconds that we ask for or grant at most; 0 switches session timers off. */
  expiresSeconds: number;
  /** Smallest interval we tolerate (Min-SE), at least 90. */
  minimumSeconds: number;
  /** Who should refresh, when we may choose. */
  refresher?: 'local' | 'remote';
}

/** A request with an offer inside the dialog: re-INVITE, or UPDATE. */
export interface IncomingOffer extends IncomingRequest {
  /** SDP, or undefined: an offerless re-INVITE wants our offer; an UPDATE without SDP only refreshes. */
  readonly offer: string | undefined;
  /** Answers 200 (retransmitted until ACK for re-INVITE). */
  accept(options?: { sdp?: string; headers?: HeaderFields }): void;
  /** Answers 300–699, e.g. 488. The session goes on as before. */
  reject(status: number, options?: ReplyOptions): void;
}

export type SessionEndKind =
  | 'bye'
  /** Our 200 was never acknowledged (§13.3.1.4). */
  | 'no-ack'
  /** Session timer ran out (RFC 4028 §10). */
  | 'expired'
  /** The peer forgot the dialog or is silent: 481, 408 or transport failure in a dialog request (§12.2.1.2). */
  | 'lost'
  /** An INVITE with Replaces that was accepted has taken its place (RFC 3891). */
  | 'replaced'
  /** The user agent was closed. */
  | 'closed';

export interface SessionEnd {
  readonly by: 'local' | 'remote';
  readonly kind: SessionEndKind;
  /** Reason headers of the BYE, sent or received (RFC 3326). */
  readonly reasons: readonly Reason[];
  /** The BYE, when the peer sent one. */
  readonly request?: SipRequest;
}

export type ReinviteOutcome =
  | {
      readonly ok: true;
      readonly status: number;
      readonly response: SipResponse;
      /** SDP of the 200: the answer, or the peer's offer when our re-INVITE had none. */
      readonly sdp: string | undefined;
      /** Needed (with our answer) only after an offerless re-INVITE; otherwise the ACK is already sent. */
      acknowledge(options?: { sdp?: string }): void;
    }
  | RequestFailure;

export interface InviteSessionEvents {
  /** Without a handler: 488 when it brings SDP, 200 with our last SDP when it only refreshes. */
  reinvite: (offer: IncomingOffer) => void;
  /** Without a handler: as for `reinvite`. */
  update: (offer: IncomingOffer) => void;
  /** Without a handler: 405. */
  info: (request: IncomingRequest) => void;
  /** Without a handler: 405. */
  refer: (request: IncomingRefer) => void;
  /** NOTIFY inside the dialog that belongs to no subscription of ours. Without a handler: 481. */
  notify: (request: IncomingRequest) => void;
  /** Without a handler: 405. */
  message: (request: IncomingRequest) => void;
  /** ACK of our 200 arrived; `sdp` is the answer after an offerless INVITE or re-INVITE. */
  acknowledged: (sdp: string | undefined) => void;
  /** Once, last. A BYE has already been answered. */
  ended: (end: SessionEnd) => void;
}

export interface DialogId {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
}

/** One confirmed INVITE dialog. All promises resolve with values; none rejects. */
export interface InviteSession {
  readonly id: DialogId;
  readonly role: 'caller' | 'callee';
  readonly state: 'accepted' | 'confirmed' | 'ended';
  /** Our and the peer's From/To addresses of this dialog, tags included. */
  readonly local: NameAddress;
  readonly remote: NameAddress;
  /** The peer's Contact, where requests of this dialog go. */
  readonly remoteTarget: string;
  /** The way the peer was last reached, when known. */
  readonly flow: Flow | undefined;
  /** Last session descriptions that were agreed or offered. */
  readonly localSdp: string | undefined;
  readonly remoteSdp: string | undefined;
  /** Methods of the peer's Allow header, upper case; empty when it sent none. */
  readonly remoteAllow: ReadonlySet<string>;
  on<E extends keyof InviteSessionEvents>(event: E, handler: InviteSessionEvents[E]): this;
  /** Only after an INVITE without SDP that we sent: acknowledges the 200 with our answer. */
  acknowledge(options?: { sdp?: string }): void;
  /** Glare (491) is retried after the time RFC 3261 §14.1 wants; a refusal leaves the session as it was. */
  reinvite(options?: { sdp?: string; headers?: HeaderFields }): Promise<ReinviteOutcome>;
  update(options?: { sdp?: string; headers?: HeaderFields }): Promise<RequestOutcome>;
  /** Ends the session; `ended` is emitted at once. A second call resolves with the first's outcome. */
  bye(options?: { reason?: Reason | readonly Reason[]; headers?: HeaderFields }): Promise<RequestOutcome>;
  info(options: {
    contentType: string;
    body: string;
    infoPackage?: string;
    headers?: HeaderFields;
  }): Promise<RequestOutcome>;
  /** Asks the peer to send a request, usually to call someone else: a transfer (RFC 5589). */
  refer(options: ReferOptions): OutgoingRefer;
  notify(options: {
    event: string;
    subscriptionState: string;
    contentType?: string;
    body?: string;
    headers?: HeaderFields;
  }): Promise<RequestOutcome>;
  sendRequest(options: {
    method: string;
    headers?: HeaderFields;
    body?: string | Uint8Array;
    contentType?: string;
  }): Promise<RequestOutcome>;
}
