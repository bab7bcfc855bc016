import type { HeaderLine, Reason, SipRequest } from '@carillon/sip-message';
import type { HeaderFields } from '../api/header-fields.js';
import type { ProgressOptions, ProgressResult } from '../api/incoming-invite.js';
import type { ReplyOptions } from '../api/incoming-request.js';
import type { IncomingOffer } from '../api/invite-session.js';
import { callHandler } from '../call-handler.js';
import { headerLines } from '../header-lines.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import { ReceivedRequest } from '../user-agent/received-request.js';
import { dialogLines } from './dialog-lines.js';
import { sendProgress } from './send-progress.js';
import type { Session } from './session.js';
import { grantTimer } from './session-timer.js';

/** What the request that brings an offer settles. */
export type OfferMethod = 'INVITE' | 'UPDATE' | 'PRACK';

/** A re-INVITE, UPDATE or PRACK of the peer that waits for our answer. */
export class ReceivedOffer extends ReceivedRequest implements IncomingOffer {
  readonly offer: string | undefined;
  private cancelHandler: ((reasons: readonly Reason[]) => void) | undefined;
  private cancelledFor: readonly Reason[] | undefined;
  /** An answer was given, though a 2xx may still be held back. */
  protected settled = false;

  constructor(
    protected readonly session: Session,
    transaction: ServerTransaction,
    private readonly of: { method: OfferMethod; offer: string | undefined; completedBefore: number },
  ) {
    super(session.core, transaction);
    this.offer = of.offer;
    // Whoever should have answered never did: what comes next must not wait for it. An INVITE is cancelled by its client.
    if (of.method !== 'INVITE') transaction.onFailed = () => this.abandoned();
  }

  override get answered(): boolean {
    return this.settled || this.transaction.answered;
  }

  is(transaction: ServerTransaction): boolean {
    return this.transaction === transaction;
  }

  progress(status: number, options: ProgressOptions = {}): ProgressResult {
    const { session, transaction } = this;
    if (this.answered || this.of.method !== 'INVITE') return 'ignored';
    return sendProgress(session, transaction, { status, options });
  }

  accept(options: { sdp?: string; headers?: HeaderFields } = {}): void {
    if (this.answered) return;
    const { session, transaction } = this;
    const { reliable } = session;
    this.settled = true;
    const send = (): void => this.sendSuccess(options);
    if (reliable?.transaction === transaction) reliable.whenSuccessMayGo(send);
    else send();
  }

  reject(status: number, options: ReplyOptions = {}): void {
    this.reply(Math.max(status, 300), options);
  }

  /** Refuses without a word more. */
  refuse(status: number): void {
    this.settled = false;
    if (!this.transaction.answered) this.reject(status);
  }

  override reply(status: number, options: ReplyOptions = {}): void {
    if (this.answered) return;
    if (status >= 200 && status < 300) {
      const sdp = typeof options.body === 'string' ? { sdp: options.body } : {};
      this.accept({ ...sdp, ...(options.headers === undefined ? {} : { headers: options.headers }) });
      return;
    }
    if (status < 200) {
      this.progress(status, options.headers === undefined ? {} : { headers: options.headers });
      return;
    }
    // RFC 6141 §3.3: what has changed already cannot be refused any more.
    if (this.hasChanged && status !== 504) {
      this.accept();
      return;
    }
    super.reply(status, options);
    this.settled = true;
    this.session.reliable?.stop();
    this.session.negotiation.take(`send refusal of ${this.of.method}`);
    this.over();
  }

  onCancelled(handler: (reasons: readonly Reason[]) => void): void {
    this.cancelHandler = handler;
    if (this.cancelledFor !== undefined) handler(this.cancelledFor);
  }

  /** CANCEL of the re-INVITE: 487, or 2xx when it has changed something (RFC 6141 §3.8). */
  cancelled(cancel: SipRequest): void {
    if (this.transaction.answered) return;
    this.settled = false;
    this.reject(487);
    this.cancelledFor = cancel.reasons;
    callHandler(this.core.logger, 'cancelled', () => this.cancelHandler?.(cancel.reasons));
  }

  /** Headers of the 2xx: Contact, Allow, session timer. */
  protected successLines(): readonly HeaderLine[] {
    const { session, transaction } = this;
    const lines = dialogLines(session, transaction);
    // An early dialog has no session to time yet; the 2xx of its INVITE will say.
    if (session.state === 'early') return lines;
    const granted = grantTimer(transaction.request, session.timerOptions);
    session.startTimer(granted.agreed);
    return [...lines, ...granted.headers];
  }

  private sendSuccess(options: { sdp?: string; headers?: HeaderFields }): void {
    const { session, transaction } = this;
    const { method } = this.of;
    const { negotiation } = session;
    const event = method === 'INVITE' ? 'send 2xx' : (`send 2xx of ${method}` as const);
    // An answer that is left out says that nothing changes.
    const due = negotiation.look(`${event} without SDP`) === 'missing';
    const sdp = options.sdp ?? (due ? negotiation.local : undefined);
    const meaning = sdp === undefined ? negotiation.take(`${event} without SDP`) : negotiation.take(event, sdp);
    const body = meaning === 'offer' || meaning === 'answer' ? sdp : undefined;
    const headers: HeaderLine[] = [...this.successLines(), ...headerLines(options.headers)];
    if (body !== undefined) headers.push(['Content-Type', 'application/sdp']);
    const bytes = transaction.build(200, { headers, body });
    transaction.respondBytes(200, bytes);
    session.dialog.refreshTarget(transaction.request, transaction.source);
    session.learn(transaction.request);
    if (method === 'INVITE') session.awaitAck(transaction, bytes);
    this.over();
  }

  /** Something was agreed since the re-INVITE came. */
  private get hasChanged(): boolean {
    return this.of.method === 'INVITE' && this.session.negotiation.completed > this.of.completedBefore;
  }

  private abandoned(): void {
    if (this.answered || !this.transaction.machine.over) return;
    this.settled = true;
    this.session.negotiation.take(`send refusal of ${this.of.method}`);
    this.over();
  }

  private over(): void {
    const { session, transaction } = this;
    if (session.remoteInvite === transaction) {
      session.remoteInvite = undefined;
      session.remoteOffer = undefined;
    }
    if (session.remoteUpdate === transaction) session.remoteUpdate = undefined;
    session.settled();
  }
}
