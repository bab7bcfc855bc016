import type { CredentialSource } from './credentials.js';
import type { DialogId, SessionTimerOptions } from './invite-session.js';

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
}

/** A confirmed session with no exchange open. */
export interface SessionCopy {
  readonly dialog: DialogCopy;
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
