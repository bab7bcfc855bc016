import type { NameAddress, Reason, SipRequest, SipResponse } from '@carillon/sip-message';
import type { SessionCopy, UnfinishedCopy } from './dialog-copy.js';
import type { Flow } from './flow.js';
import type { HeaderFields } from './header-fields.js';
import type { IncomingInvite, ProgressOptions, ProgressResult } from './incoming-invite.js';
import type { IncomingRequest, ReplyOptions } from './incoming-request.js';
import type { OutgoingInvite } from './outgoing-invite.js';
import type { IncomingRefer, OutgoingRefer, ReferOptions } from './refer.js';
import type { RequestFailure, RequestOutcome } from './request-outcome.js';
import type { WayToPeer } from './way-to-peer.js';

/** RFC 4028. */
export interface SessionTimerOptions {
  /** Session-Expires in seconds that we ask for or grant at most; 0 switches session timers off. */
  expiresSeconds: number;
  /** Smallest interval we tolerate (Min-SE), at least 90. */
  minimumSeconds: number;
  /** Who should refresh, when we may choose. */
  refresher?: 'local' | 'remote';
}

/** A request with an offer inside the dialog: re-INVITE, UPDATE, or a PRACK that brings one. */
export interface IncomingOffer extends IncomingRequest {
  /** SDP, or undefined: an offerless re-INVITE wants our offer; an UPDATE without SDP only refreshes. */
  readonly offer: string | undefined;
  /** Re-INVITE only: a provisional reply, as for a first INVITE. Ignored for UPDATE and PRACK (RFC 4320 §4.1). */
  progress(status: number, options?: ProgressOptions): ProgressResult;
  /** Answers 200 (retransmitted until ACK for re-INVITE; held back until a reliable 1xx with SDP has its PRACK). */
  accept(options?: { sdp?: string; headers?: HeaderFields }): void;
  /**
   * Answers 300–699, e.g. 488, or 504 to an UPDATE that a user would have to approve (RFC 3311 §5.2). The session goes on as
   * before. A re-INVITE that has changed the session already is answered with 200 all the same (RFC 6141 §3.3).
   */
  reject(status: number, options?: ReplyOptions): void;
  /** Re-INVITE only: called once when the peer cancels it; it is answered then. */
  onCancelled(handler: (reasons: readonly Reason[]) => void): void;
}

/** PRACK of one of our reliable 1xx (RFC 3262). Without an offer it is answered already. */
export interface IncomingPrack extends IncomingOffer {
  /** Answer to the offer of our reliable 1xx. */
  readonly answer: string | undefined;
}

export type SessionEndKind =
  | 'bye'
  /** An early dialog whose INVITE got its final answer without it: refused, or another fork won (RFC 3261 §12.3). */
  | 'not-accepted'
  /** An early dialog ended by 199 (RFC 6228). */
  | 'terminated'
  /** The caller cancelled, even after `accept` when the 200 was still held back (RFC 3262 §3). */
  | 'cancelled'
  /** The ACK did not bring the answer to the offer of our 2xx (RFC 3261 §13.2.1). */
  | 'no-answer'
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

export type UpdateOutcome = PrackOutcome;

export interface InviteSessionEvents {
  /** Without a handler: 488 when it brings SDP, 200 with our last SDP when it only refreshes. */
  reinvite: (offer: IncomingOffer) => void;
  /** Without a handler: as for `reinvite`. */
  update: (offer: IncomingOffer) => void;
  /** A reliable 1xx of ours was acknowledged. Without a handler an offer in it gets 488 unless it changes nothing. */
  prack: (prack: IncomingPrack) => void;
  /** Of a package that we take, or of none. Without a handler: 200 when it says nothing, else 415. */
  info: (request: IncomingRequest) => void;
  /** Without a handler: 405. */
  refer: (request: IncomingRefer) => void;
  /** NOTIFY inside the dialog that belongs to no subscription of ours. Without a handler: 481. */
  notify: (request: IncomingRequest) => void;
  /** Without a handler: 405. */
  message: (request: IncomingRequest) => void;
  /** ACK of our 200 arrived; `sdp` is the answer after an offerless INVITE or re-INVITE, other bodies are left out. */
  acknowledged: (sdp: string | undefined, ack: SipRequest) => void;
  /** Once, last. A BYE has already been answered. */
  ended: (end: SessionEnd) => void;
}

export interface DialogId {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
}

/** A 1xx above 100 that came for an INVITE of ours. */
export interface InviteProgress {
  /** The early dialog of this To tag; undefined when the response has none, and for a re-INVITE the session itself. */
  readonly dialog: InviteSession | undefined;
  /** To tag; tells the branches of a fork apart. */
  readonly dialogTag: string;
  /** Came with `Require: 100rel`; its PRACK is sent for you, right after the handler, unless `meaning` is `offer`. */
  readonly reliable: boolean;
  /** What the SDP is. `preview`: an answer that is not final. An `offer` (the INVITE had none) waits for `acknowledge`. */
  readonly meaning: 'offer' | 'answer' | 'preview' | undefined;
  /**
   * Sends the PRACK of a reliable 1xx with the answer to its offer, or, when the 1xx brought the answer, with a new offer
   * (RFC 3262 §5). `sdp` of the outcome is the answer to that. Once; later calls resolve with 481.
   */
  acknowledge(options?: { sdp?: string; headers?: HeaderFields }): Promise<PrackOutcome>;
}

export type PrackOutcome =
  | { readonly ok: true; readonly status: number; readonly response: SipResponse; readonly sdp: string | undefined }
  | RequestFailure;

/**
 * One INVITE dialog, from its first provisional response (`early`) on; the same object becomes the session when it is accepted.
 * All promises resolve with values; none rejects.
 *
 * Early dialogs take `update`, `info`, `sendRequest` and handlers as sessions do. The caller may end one by `bye`; the callee
 * rejects its INVITE instead (RFC 3261 §15). `ended` is emitted for them too.
 */
export interface InviteSession {
  readonly id: DialogId;
  readonly role: 'caller' | 'callee';
  readonly state: 'early' | 'accepted' | 'confirmed' | 'ended';
  /** The INVITE that made this dialog, while it is early. */
  readonly invite: IncomingInvite | OutgoingInvite | undefined;
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
  /** INFO packages of the peer's Recv-Info (RFC 6086), lower case; undefined when it never spoke of any. */
  readonly remoteInfoPackages: ReadonlySet<string> | undefined;
  on<E extends keyof InviteSessionEvents>(event: E, handler: InviteSessionEvents[E]): this;
  /**
   * For a peer that is reached by a connection: where that is gone, requests of this dialog go by this way, and wait for it as
   * long as a request over UDP would be repeated (RFC 3261 §17.1.2.2: 64*T1).
   */
  reachBy(way: WayToPeer): void;
  /** What another process needs to go on with it; undefined unless it is answered, with nothing open but the ACK. */
  copy(): SessionCopy | undefined;
  /** What another process needs to end it; undefined where it is over, or early: then its INVITE is what is unfinished. */
  unfinished(): UnfinishedCopy | undefined;
  /** Only after an INVITE without SDP that we sent: acknowledges the 200 with our answer. */
  acknowledge(options?: { sdp?: string }): void;
  /**
   * Waits for what is open in the dialog, then sends. Glare (491) is retried after the time RFC 3261 §14.1 wants; a refusal leaves
   * the session as it was, and undoes what was agreed on the way (RFC 6141 §3.4).
   */
  reinvite(options?: {
    sdp?: string;
    headers?: HeaderFields;
    /** Every 1xx above 100. */
    progress?: (response: SipResponse, sdp: string | undefined, about: InviteProgress) => void;
  }): Promise<ReinviteOutcome>;
  /** CANCEL of a re-INVITE that waits (RFC 3261 §9.1); its outcome is then 487, or success when that crossed. */
  cancelReinvite(options?: { reason?: Reason | readonly Reason[] }): void;
  /** Without SDP it refreshes the dialog and its timer. With SDP waits as `reinvite` does. */
  update(options?: { sdp?: string; headers?: HeaderFields }): Promise<UpdateOutcome>;
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
