import type { Reason, ReferredBy } from '@carillon/sip-message';
import type { UnfinishedCopy } from './dialog-copy.js';
import type { HeaderFields } from './header-fields.js';
import type { IncomingRequest, ReplyOptions } from './incoming-request.js';
import type { InviteSession, SessionTimerOptions } from './invite-session.js';

export interface ProgressOptions {
  /**
   * Early media answer (183, or 180 with SDP); in a reliable response to an offerless INVITE it is our offer, whose answer comes with
   * the PRACK. Left out by itself where RFC 6337 §2.2 has no place for it.
   */
  sdp?: string;
  headers?: HeaderFields;
  reason?: string;
  /**
   * RFC 3262: repeated until the caller's PRACK; later ones wait for it. `true`: not sent at all to a caller without 100rel;
   * `'if-supported'`: sent unreliably then. Default: reliable when the caller requires it, or our policy does and it can.
   */
  reliable?: boolean | 'if-supported';
}

/** What became of a provisional reply. `queued`: an earlier reliable one has no PRACK yet. */
export type ProgressResult = 'unreliable' | 'reliable' | 'queued' | 'ignored';

export interface AcceptOptions {
  /**
   * The answer to the INVITE's offer, or the offer when the INVITE had none. Needed unless that was settled by a reliable
   * provisional response; left out by itself then.
   */
  sdp?: string;
  headers?: HeaderFields;
  /** Overrides the user agent's session timer for this call. */
  sessionTimer?: SessionTimerOptions;
}

/** The dialog that an INVITE wants to take over (RFC 3891). */
export interface ReplacedDialog {
  readonly session: InviteSession;
  /** The caller wants it only while it is early: it does not want to break into a conversation (§7.1). */
  readonly earlyOnly: boolean;
}

/**
 * An INVITE outside any dialog. Where nothing is said in the turn in which it comes, the caller gets 100 Trying.
 *
 * ```text
 * ringing --accept--> accepted
 *    |----reject----> rejected
 *    |----CANCEL----> cancelled   (487 is sent for you)
 *    `----transport-> failed      (no way back to the caller: told through onCancelled, without reasons)
 * ```
 */
export interface IncomingInvite extends IncomingRequest {
  readonly state: 'ringing' | 'accepted' | 'rejected' | 'cancelled' | 'failed';
  readonly callId: string;
  readonly remoteTag: string;
  /** SDP offer of the INVITE (out of a multipart body too); undefined for an offerless INVITE. */
  readonly offer: string | undefined;
  /**
   * The dialog of ours to take over. Check that the caller may (RFC 3891 §3: it has authenticated as the user being replaced, or
   * was referred by it), and refuse with 403 else. Give the new call what the old one had, then accept: the old one is ended
   * for you, and tells so with `replaced`. A reply that refuses leaves the old one as it was.
   * Requests that match no dialog have been refused already.
   */
  readonly replaces: ReplacedDialog | undefined;
  /** The dialog of ours to join (RFC 3911): bring both into one conversation, or refuse with 403 or 488. */
  readonly joins: InviteSession | undefined;
  /** Who sent the caller here (RFC 3892); undefined when absent or malformed. */
  readonly referredBy: ReferredBy | undefined;
  /** The early dialog: for UPDATE, INFO and PRACK before the call is accepted. Becomes the session of `accept`. */
  readonly dialog: InviteSession;
  /** The caller takes reliable provisional replies (RFC 3262). */
  readonly supportsReliable: boolean;
  /**
   * Sends a provisional reply 101–199, repeated every minute (RFC 3261 §13.3.1.1), or every two and a half when reliable
   * (RFC 3262 §3). 199 goes only to callers that know it (RFC 6228 §5); give it a Reason.
   */
  progress(status: number, options?: ProgressOptions): ProgressResult;
  /**
   * Sends 200 and repeats it until the ACK comes (§13.3.1.4). Held back while a reliable 1xx with SDP waits for its PRACK.
   * Undefined when the call was cancelled or answered meanwhile.
   */
  accept(options: AcceptOptions): InviteSession | undefined;
  /** Sends a final refusal 300–699. Ignored when already over. */
  reject(status: number, options?: ReplyOptions): void;
  /** What another process needs to refuse it; undefined where it has its final answer. */
  unfinished(): UnfinishedCopy | undefined;
  /** Called once when the caller gives up; `reasons` are the CANCEL's Reason headers (RFC 3326). */
  onCancelled(handler: (reasons: readonly Reason[]) => void): void;
}
