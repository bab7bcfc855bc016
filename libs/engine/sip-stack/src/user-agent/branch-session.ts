import type { SipResponse } from '@carillon/sip-message';
import type { SessionTimerOptions } from '../api/invite-session.js';
import type { InviteOptions } from '../api/outgoing-invite.js';
import { Dialog } from '../dialog/dialog.js';
import { LocalInvite } from '../session/local-invite.js';
import { Negotiation } from '../session/negotiation.js';
import { Session } from '../session/session.js';
import type { EarlyOwner } from '../session/session-parts.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { Core } from './core.js';
import type { InviteClientParts } from './invite-client-parts.js';

/** The INVITE that a branch answered. */
export interface AnsweredInvite {
  readonly options: InviteOptions;
  readonly parts: Pick<InviteClientParts, 'identity' | 'authorized'>;
  readonly sequence: number;
  readonly timerOptions: SessionTimerOptions;
  /** By which it went. */
  readonly flow: SipFlow | undefined;
  readonly owner: EarlyOwner;
}

/** The caller's side of one branch: the dialog that its response makes (RFC 3261 §12.1.2), early until it is confirmed. */
export function branchSession(core: Core, invite: AnsweredInvite, response: SipResponse): Session {
  const { options, parts, sequence, timerOptions, flow, owner } = invite;
  const dialog = Dialog.asCaller(response, {
    local: parts.identity.local,
    target: options.target,
    sequence,
    // A flow that was asked for reaches the peer itself; otherwise its Contact says where it is.
    flow: options.flow === undefined ? undefined : flow,
    dialled: flow?.reliable === true ? flow : undefined,
    tlsAlone: options.secure,
  });
  const negotiation = Negotiation.ofInvite(options.sdp);
  const session = new Session(core, dialog, {
    role: 'caller',
    contactUser: options.contactUser,
    spaces: parts.authorized.spaces,
    timerOptions,
    negotiation,
    owner,
  });
  session.localInvite = new LocalInvite(sequence, negotiation);
  return session;
}
