import type { SipRequest } from '@carillon/sip-message';
import type { IncomingInvite } from '../api/incoming-invite.js';
import type { SessionTimerOptions } from '../api/invite-session.js';
import type { OutgoingInvite } from '../api/outgoing-invite.js';
import type { ProtectionSpaces } from '../authentication/protection-spaces.js';
import type { Negotiation } from './negotiation.js';
import type { Session } from './session.js';

/** The call that a dialog belongs to until it is accepted. */
export interface EarlyOwner {
  readonly handle: IncomingInvite | OutgoingInvite;
  /** The peer ended the early dialog by BYE, which is answered. */
  earlyBye(session: Session, bye: SipRequest): void;
  /** Another call has taken the early dialog's place (RFC 3891 §3). */
  replaced(): void;
  /** Callee only: none of our reliable 1xx got through, and the INVITE is to be refused. */
  unreachable?(): void;
  /** The user agent closes. */
  giveUp(): void;
}

export interface SessionParts {
  readonly role: 'caller' | 'callee';
  readonly contactUser: string | undefined;
  /** Realms that the INVITE answered: later requests of the dialog carry credentials at once. */
  readonly spaces: ProtectionSpaces | undefined;
  readonly timerOptions: SessionTimerOptions;
  readonly negotiation: Negotiation;
  /** Undefined where the dialog is confirmed already. */
  readonly owner: EarlyOwner | undefined;
}
