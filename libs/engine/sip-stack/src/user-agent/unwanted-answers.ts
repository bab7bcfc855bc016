import { checkMandatoryHeaders, sessionDescription } from '@carillon/sip-message';
import type { HeaderLine, NameAddress, Reason, SipResponse } from '@carillon/sip-message';
import type { CredentialSource } from '../api/credentials.js';
import { ProtectionSpaces } from '../authentication/protection-spaces.js';
import { Dialog } from '../dialog/dialog.js';
import { Acknowledgement } from '../session/acknowledgement.js';
import { endWithBye } from '../session/end-session.js';
import { Negotiation } from '../session/negotiation.js';
import { Session } from '../session/session.js';
import type { SipFlow } from '../transport/sip-flow.js';
import { CallBranches } from './call-branches.js';
import type { Core } from './core.js';

/** An INVITE that nobody wants answered any more. */
export interface UnwantedInvite {
  readonly callId: string;
  /** Its From, with the tag. */
  readonly local: NameAddress;
  readonly sequence: number;
  /** Credentials that it took along: the ACK does, too (RFC 3261 §22.1). */
  readonly authorization?: readonly HeaderLine[];
  /** Told in the BYE (RFC 3326). */
  readonly reason: Reason;
  readonly credentials?: CredentialSource | undefined;
}

/** The way to who answers all the same. */
export interface UnwantedAnswerer {
  /** The Request-URI that the INVITE went to. */
  readonly target: string;
  /** The way of the phone itself, where it is known. */
  readonly flow: SipFlow | undefined;
  /** The connection that the INVITE went by. */
  readonly dialled?: SipFlow | undefined;
  /** What of the answer's Record-Route leads from us to it; all of it when left out. */
  readonly routeSet?: readonly string[];
}

/**
 * Hangs up on who answers an INVITE that nobody waits for: each 2xx gets its ACK and a BYE (RFC 3261 §13.2.2.4, §15), and
 * the ACK again whenever it comes again.
 */
export class UnwantedAnswers {
  private readonly branches: CallBranches;

  constructor(
    private readonly core: Core,
    private readonly invite: UnwantedInvite,
  ) {
    this.branches = new CallBranches(core, invite.callId);
  }

  /** @param response a 2xx to the INVITE, not checked yet where a proxy's transaction brought it (§16.3) */
  take(response: SipResponse, from: UnwantedAnswerer): void {
    if (checkMandatoryHeaders(response) !== undefined) return;
    const { core, invite } = this;
    const tag = response.toTag ?? '';
    const acknowledged = this.branches.acknowledgement(tag);
    if (acknowledged !== undefined) {
      acknowledged.repeat();
      return;
    }
    const session = this.branches.open(response, () => this.newSession(response, from));
    if (session === undefined) return;
    const acknowledgement = new Acknowledgement(session, invite);
    session.acknowledgement = acknowledgement;
    this.branches.acknowledge(tag, acknowledgement);
    session.state = 'confirmed';
    const sdp = sessionDescription(response);
    if (sdp !== undefined) session.negotiation.take('receive 2xx', sdp);
    core.logger.info({ callId: invite.callId }, 'Answered when nobody waited for it any more: it is hung up');
    void endWithBye(session, { by: 'local', kind: 'closed', reasons: [invite.reason] });
  }

  private newSession(response: SipResponse, from: UnwantedAnswerer): Session {
    const { core, invite } = this;
    const { local, sequence, credentials } = invite;
    return new Session(core, Dialog.asCaller(response, { local, sequence, ...from }), {
      role: 'caller',
      contactUser: undefined,
      spaces: credentials === undefined ? undefined : new ProtectionSpaces(credentials, core),
      timerOptions: core.sessionTimer,
      negotiation: Negotiation.ofInvite(undefined),
      owner: undefined,
    });
  }
}
