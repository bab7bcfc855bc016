import type { ReferTo, ReferredBy, Replaces, SipResponse, UriHeaders } from '@carillon/sip-message';
import type { HeaderFields } from './header-fields.js';
import type { IncomingRequest } from './incoming-request.js';
import type { DialogId, InviteSession } from './invite-session.js';
import type { RequestTarget } from './outgoing-invite.js';
import type { RequestFailure, RequestOutcome } from './request-outcome.js';

/** Tells the referrer how the request fares that it asked for (RFC 3515 §2.4.4). */
export interface Referral {
  /** `silent`: the referrer wants no news (RFC 4488). `ended`: the last news was told, or the referrer listens no more. */
  readonly state: 'active' | 'silent' | 'ended';
  /**
   * Status of the request that was asked for: 100–199 while it goes on, a final one ends the subscription.
   * `headers` go into the fragment beside the status line, e.g. Warning.
   */
  notify(status: number, options?: { reason?: string; headers?: HeaderFields }): Promise<RequestOutcome>;
}

/** A REFER, in the dialog of a call or outside. Whether it may, is for the handler to decide: refuse with 403, 603, … */
export interface IncomingRefer extends IncomingRequest {
  /** What to reach, and how. A REFER with none, several or a broken one has got 400. */
  readonly referTo: ReferTo;
  /** The dialog that the request to send shall take over: an attended transfer (RFC 5589 §7). */
  readonly replaces: Replaces | undefined;
  /** To be copied into the request to send (RFC 3892 §2.2); also kept as written in `request`. */
  readonly referredBy: ReferredBy | undefined;
  /** The call that it is about: the one whose dialog it came in, or that its Target-Dialog names (RFC 4538). */
  readonly session: InviteSession | undefined;
  /**
   * Answers 200 (RFC 7647 §5) and tells 100 Trying at once. Send the request next, and tell its progress.
   * @param options `expires`: how long the news may take at most, seconds; default 180
   */
  accept(options?: { expires?: number; headers?: HeaderFields }): Referral;
}

/** What a REFER asks for; with `replaces` it is an attended transfer. A text is taken as written. */
export type ReferTarget =
  | string
  | {
      readonly target: string;
      readonly method?: string;
      readonly headers?: UriHeaders;
      /** As the target sees it: `dialogOfPeer(consultationCall)`. */
      readonly replaces?: Pick<Replaces, 'callId' | 'toTag' | 'fromTag'> & { readonly earlyOnly?: boolean };
    };

export interface ReferOptions {
  referTo: ReferTarget;
  /** Who asks, e.g. `<sip:alice@example.com>` (RFC 3892). */
  referredBy?: string;
  /** False asks the peer for no news (RFC 4488); it may send some all the same. */
  subscribe?: boolean;
  headers?: HeaderFields;
}

export interface OutOfDialogReferOptions extends RequestTarget, ReferOptions {
  /** The call that it is about; sent as Target-Dialog (RFC 4538). */
  about?: { readonly id: DialogId };
}

export type ReferEnd =
  /** The last news: the final status of the request that was asked for. */
  | { readonly kind: 'reported'; readonly status: number; readonly reason: string }
  /** The REFER itself failed. */
  | { readonly kind: 'refused'; readonly failure: RequestFailure }
  /** Accepted, and no news will come. */
  | { readonly kind: 'accepted' }
  /** No final news: the time ran out, the peer ended it, or is gone. */
  | { readonly kind: 'unknown'; readonly lastStatus: number | undefined };

export interface OutgoingReferEvents {
  accepted: (response: SipResponse) => void;
  /** Each news, the last one too. `fragment` is the whole body. */
  progress: (status: number, reason: string, fragment: string) => void;
  /** Once, last. */
  ended: (end: ReferEnd) => void;
}

/** A REFER that we sent. */
export interface OutgoingRefer {
  readonly state: 'sent' | 'accepted' | 'ended';
  /** Answer to the REFER itself. */
  readonly response: Promise<RequestOutcome>;
  on<E extends keyof OutgoingReferEvents>(event: E, handler: OutgoingReferEvents[E]): this;
  /** Wants no more news; what was asked for goes on (RFC 3515 §2.4.4). */
  unsubscribe(): void;
}
