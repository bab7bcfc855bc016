import type { Reason } from '@carillon/sip-message';
import type { CredentialSource } from './credentials.js';
import type { HeaderFields } from './header-fields.js';
import type { DialogId, SessionTimerOptions } from './invite-session.js';
import type { WayToPeer } from './way-to-peer.js';

/** A dialog (RFC 3261 §12) as plain data, for another process that is to go on with it. */
export interface DialogCopy {
  readonly id: DialogId;
  /** Our address and the peer's as they stand in From and To, tags included. */
  readonly local: string;
  readonly remote: string;
  readonly remoteTarget: string;
  readonly routeSet: readonly string[];
  readonly localSequence: number;
  readonly remoteSequence: number | null;
  /** The way the peer was last reached, where it is better than its Contact. */
  readonly flowId: string | null;
  readonly secure: boolean;
  /** Its requests go over TLS alone, though it is no dialog of `sips:`; left out by versions before. */
  readonly tlsAlone?: boolean | undefined;
  /** It began on a way without TLS of ours; left out by versions before, which is guessed from the flow. */
  readonly cameInClear?: boolean;
}

/** An INVITE, for another process that is to answer or to cancel it: it keeps neither the body nor the transaction. */
export interface InviteCopy {
  readonly kind: 'invite';
  /** Whose it is: ours is cancelled, a peer's is refused. */
  readonly role: 'caller' | 'callee';
  /** Start line and headers as they crossed the wire, in Latin-1. */
  readonly head: string;
  readonly flowId: string;
  /** The To tag of our replies; null where the INVITE is ours. */
  readonly localTag: string | null;
}

/** What a process leaves open when it dies, for another one that ends it. */
export type UnfinishedCopy =
  /** It has no final answer yet. */
  | InviteCopy
  /** There is a dialog, whatever is open in it. */
  | { readonly kind: 'dialog'; readonly dialog: DialogCopy };

export interface UnfinishedEnd extends ResumeOptions {
  /** For who called: a final status, 300 to 699. */
  readonly status: number;
  readonly headers?: HeaderFields;
  /** Told in a CANCEL or BYE (RFC 3326). */
  readonly reason: Reason;
  /** To the peer, where the connection of the copy went with its process. */
  readonly way?: WayToPeer;
}

/** A 2xx of ours whose ACK has not come. */
export interface UnacknowledgedCopy {
  readonly invite: InviteCopy;
  /** The 2xx, in Latin-1. */
  readonly answer: string;
}

/** An answered session with no exchange open. */
export interface SessionCopy {
  readonly dialog: DialogCopy;
  readonly state: 'accepted' | 'confirmed';
  readonly unacknowledged: readonly UnacknowledgedCopy[];
  readonly role: 'caller' | 'callee';
  readonly contactUser: string | null;
  readonly timerOptions: SessionTimerOptions;
  /** Agreed by RFC 4028; its time begins anew where the session goes on. */
  readonly timer: { readonly seconds: number; readonly refresher: 'local' | 'remote' } | null;
  readonly localSdp: string | null;
  readonly remoteSdp: string | null;
  readonly remoteAllow: readonly string[];
  readonly remoteInfoPackages: readonly string[] | null;
}

/** The notifier's side of a subscription that has a dialog of its own. */
export interface SubscriptionCopy {
  readonly dialog: DialogCopy;
  /** The Event header. */
  readonly event: string;
  readonly pending: boolean;
  /** Clock time in milliseconds. */
  readonly expiresAt: number;
  readonly contactUser: string | null;
}

export interface ResumeOptions {
  /** For a peer that asks for them, e.g. a trunk's provider. */
  readonly credentials?: CredentialSource;
}
