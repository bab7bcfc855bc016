import { sessionDescription } from '@carillon/sip-message';
import type { NameAddress, SipRequest, SipResponse } from '@carillon/sip-message';
import type { UnfinishedEnd } from '../api/dialog-copy.js';
import { ProtectionSpaces } from '../authentication/protection-spaces.js';
import { Dialog } from '../dialog/dialog.js';
import { Acknowledgement } from '../session/acknowledgement.js';
import { endWithBye } from '../session/end-session.js';
import { Negotiation } from '../session/negotiation.js';
import { reasonLines } from '../session/reason-lines.js';
import { Session } from '../session/session.js';
import type { ClientListener, ClientTransaction } from '../transaction/client-transaction.js';
import type { SipFlow } from '../transport/sip-flow.js';
import { CallBranches } from './call-branches.js';
import type { Core } from './core.js';

interface TakenBackParts {
  readonly invite: SipRequest;
  readonly flow: SipFlow;
  /** From of the INVITE. */
  readonly local: NameAddress;
  readonly end: UnfinishedEnd;
}

/**
 * An INVITE that another process has sent, and that nobody wants answered any more: it is cancelled, and a phone that
 * answers all the same gets its ACK and a BYE (RFC 3261 §9.1, §13.2.2.4).
 */
export class TakenBackInvite implements ClientListener {
  private readonly branches: CallBranches;
  private readonly transaction: ClientTransaction;

  constructor(
    private readonly core: Core,
    private readonly parts: TakenBackParts,
  ) {
    const { invite, flow } = parts;
    this.branches = new CallBranches(core, invite.callId ?? '');
    this.transaction = core.transactions.resumeClient(invite, flow, this);
  }

  cancel(): void {
    const { core, transaction } = this;
    core.transactions.cancel(transaction, reasonLines([this.parts.end.reason]));
    // §9.1: without a final answer in 64*T1 the INVITE counts as cancelled.
    core.clock.setTimeout(() => transaction.terminate(), 64 * core.timers.t1);
  }

  response(response: SipResponse): void {
    const tag = response.toTag ?? '';
    if (response.status < 200 || response.status >= 300) return;
    const acknowledged = this.branches.acknowledgement(tag);
    if (acknowledged === undefined) this.end(response, tag);
    else acknowledged.repeat();
  }

  timeout(): void {
    // Nobody waits for it.
  }

  transportError(): void {
    // The way is gone, and so is whoever was behind it.
  }

  private end(response: SipResponse, tag: string): void {
    const { core, parts } = this;
    const session = this.branches.open(response, (answer) => this.newSession(answer));
    if (session === undefined) return;
    const acknowledgement = new Acknowledgement(session, { sequence: parts.invite.cseq?.sequence ?? 1 });
    session.acknowledgement = acknowledgement;
    this.branches.acknowledge(tag, acknowledgement);
    session.state = 'confirmed';
    const sdp = sessionDescription(response);
    if (sdp !== undefined) session.negotiation.take('receive 2xx', sdp);
    core.logger.info({ callId: session.id.callId }, 'Answered after its process died: it is hung up');
    void endWithBye(session, { by: 'local', kind: 'closed', reasons: [parts.end.reason] });
  }

  private newSession(response: SipResponse): Session {
    const { core } = this;
    const { invite, flow, local, end } = this.parts;
    const sequence = invite.cseq?.sequence ?? 1;
    return new Session(core, Dialog.asCaller(response, { local, target: invite.uriText, sequence, flow }), {
      role: 'caller',
      contactUser: undefined,
      spaces: end.credentials === undefined ? undefined : new ProtectionSpaces(end.credentials, core),
      timerOptions: core.sessionTimer,
      negotiation: Negotiation.ofInvite(undefined),
      owner: undefined,
    });
  }
}
