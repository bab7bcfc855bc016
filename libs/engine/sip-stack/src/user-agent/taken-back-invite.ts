import type { NameAddress, SipRequest, SipResponse } from '@carillon/sip-message';
import type { UnfinishedEnd } from '../api/dialog-copy.js';
import { routesBeyond } from '../dialog/routes-beyond.js';
import { reasonLines } from '../session/reason-lines.js';
import type { ClientListener, ClientTransaction } from '../transaction/client-transaction.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { Core } from './core.js';
import { UnwantedAnswers } from './unwanted-answers.js';

interface TakenBackParts {
  readonly invite: SipRequest;
  readonly flow: SipFlow;
  /** From of the INVITE. */
  readonly local: NameAddress;
  readonly end: UnfinishedEnd;
  /** The connection is gone, and nobody has answered. */
  readonly lost: () => void;
}

/**
 * An INVITE that another process has sent, and that nobody wants answered any more: it is cancelled, and a phone that
 * answers all the same is hung up on (RFC 3261 §9.1, §13.2.2.4).
 */
export class TakenBackInvite implements ClientListener {
  /** One that was passed on brings back the Via of its caller (RFC 3261 §16.7, where a user agent's has one: §8.1.3.3). */
  readonly passesOn: boolean;
  private readonly answers: UnwantedAnswers;
  private readonly transaction: ClientTransaction;

  constructor(
    private readonly core: Core,
    private readonly parts: TakenBackParts,
  ) {
    const { invite, flow, local, end } = parts;
    this.passesOn = invite.values('Via').length > 1;
    this.answers = new UnwantedAnswers(core, {
      callId: invite.callId ?? '',
      local,
      sequence: invite.cseq?.sequence ?? 1,
      reason: end.reason,
      credentials: end.credentials,
    });
    this.transaction = core.transactions.resumeClient(invite, flow, this);
  }

  cancel(): void {
    const { core, transaction } = this;
    core.transactions.cancel(transaction, reasonLines([this.parts.end.reason]));
    // §9.1: without a final answer in 64*T1 the INVITE counts as cancelled.
    core.clock.setTimeout(() => transaction.terminate(), 64 * core.timers.t1);
  }

  response(response: SipResponse): void {
    if (response.status < 200 || response.status >= 300) return;
    const { invite, flow } = this.parts;
    // It may have been passed on: what was in it when it left leads back to the caller.
    const routeSet = routesBeyond(response, invite.values('Record-Route').length).reverse();
    this.answers.take(response, { target: invite.uriText, flow, routeSet });
  }

  timeout(): void {
    // Nobody waits for it.
  }

  transportError(): void {
    this.parts.lost();
  }
}
