import type { Reason, SipRequest } from '@carillon/sip-message';
import { sessionDescription } from '@carillon/sip-message';
import type { UnacknowledgedCopy } from '../api/dialog-copy.js';
import { callHandler } from '../call-handler.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import { AnswerRetransmission } from './answer-retransmission.js';
import type { AnswerUser } from './answer-retransmission.js';
import { endWithBye } from './end-session.js';
import type { Session } from './session.js';

/** Nobody hung up: the BYE says so (RFC 3326), to the other side of a call as well. */
const NO_ACK: Reason = { protocol: 'SIP', cause: 408, text: 'No ACK' };

/** Our 2xx answers of one session that wait for their ACK, and a BYE that may not be sent before (RFC 3261 §15). */
export class AwaitedAcks implements AnswerUser {
  private answers: readonly AnswerRetransmission[] = [];
  private waiting: (() => void) | undefined;

  constructor(private readonly session: Session) {}

  get isOpen(): boolean {
    return this.answers.length > 0;
  }

  /** A 2xx is out: it is repeated until its ACK. */
  add(transaction: ServerTransaction, bytes: Buffer): void {
    const answer = new AnswerRetransmission(this.session.core, { transaction, bytes }, this);
    this.answers = [...this.answers, answer];
  }

  copy(): UnacknowledgedCopy[] {
    return this.answers.map((answer) => answer.copy());
  }

  /** Runs when an ACK comes or is given up. */
  whenOver(run: () => void): void {
    this.waiting = run;
  }

  /** Repeated ACKs find nothing to stop. */
  receive(request: SipRequest): void {
    const sequence = request.cseq?.sequence ?? -1;
    const answer = this.answers.find((one) => one.sequence === sequence);
    if (answer === undefined) return;
    this.forget(answer);
    const { session } = this;
    const { negotiation } = session;
    const sdp = sessionDescription(request);
    const meaning =
      sdp === undefined ? negotiation.take('receive ACK without SDP') : negotiation.take('receive ACK', sdp);
    if (session.state === 'accepted') session.state = 'confirmed';
    this.over();
    session.settled();
    if (session.state === 'ended') return;
    callHandler(session.core.logger, 'acknowledged', () =>
      session.emit('acknowledged', meaning === 'answer' ? sdp : undefined, request),
    );
    // No answer to the offer of our 2xx: there is no session (§13.2.1).
    if (meaning === 'missing') void endWithBye(session, { by: 'local', kind: 'no-answer', reasons: [] });
  }

  /** No ACK within 64*T1: the session ends with BYE (§13.3.1.4). */
  ackMissing(answer: AnswerRetransmission): void {
    this.forget(answer);
    this.over();
    if (this.session.state === 'ended') return;
    void endWithBye(this.session, { by: 'local', kind: 'no-ack', reasons: [NO_ACK] });
  }

  stop(): void {
    for (const answer of this.answers) answer.stop();
    this.answers = [];
    this.waiting = undefined;
  }

  private forget(answer: AnswerRetransmission): void {
    answer.stop();
    this.answers = this.answers.filter((one) => one !== answer);
  }

  private over(): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.();
  }
}
