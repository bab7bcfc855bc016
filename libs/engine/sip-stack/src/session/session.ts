import type { HeaderLine, NameAddress, Reason, SipMessage, SipRequest } from '@carillon/sip-message';
import { buildReason, sessionDescription } from '@carillon/sip-message';
import type { Flow } from '../api/flow.js';
import type { HeaderFields } from '../api/header-fields.js';
import type {
  DialogId,
  InviteSession,
  InviteSessionEvents,
  ReinviteOutcome,
  SessionEnd,
  SessionEndKind,
  SessionTimerOptions,
} from '../api/invite-session.js';
import type { OutgoingRefer, ReferOptions } from '../api/refer.js';
import type { RequestOutcome } from '../api/request-outcome.js';
import type { ProtectionSpaces } from '../authentication/protection-spaces.js';
import type { Dialog } from '../dialog/dialog.js';
import type { DialogUsage } from '../dialog/dialog-layer.js';
import { headerLines } from '../header-lines.js';
import { ReferClient } from '../refer/refer-client.js';
import { endedFailure } from '../request-failure.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';
import type { Acknowledgement } from './acknowledgement.js';
import type { AnswerRetransmission } from './answer-retransmission.js';
import { receiveInSession } from './receive-in-session.js';
import { refreshSession } from './refresh-session.js';
import { sendOffer } from './send-offer.js';
import type { OfferOptions } from './send-offer.js';
import { losesDialog, sendInDialog } from './send-in-dialog.js';
import { SessionTimer } from './session-timer.js';
import type { AgreedTimer } from './session-timer.js';

export interface SessionParts {
  readonly role: 'caller' | 'callee';
  readonly contactUser: string | undefined;
  /** Realms that the INVITE answered: later requests of the dialog carry credentials at once. */
  readonly spaces: ProtectionSpaces | undefined;
  readonly timerOptions: SessionTimerOptions;
}

/**
 * One INVITE dialog with its session. The state is here; what arrives is handled in {@link receiveInSession},
 * offers go out by {@link sendOffer}.
 *
 * ```text
 * callee: accepted --ACK--> confirmed --BYE, lost, expired--> ended
 *             `---no ACK----------------------------------------^
 * caller: confirmed (ACK sent) ---------BYE, lost, expired--> ended
 * ```
 */
export class Session implements InviteSession, DialogUsage {
  readonly id: DialogId;
  readonly role: 'caller' | 'callee';
  state: 'accepted' | 'confirmed' | 'ended';
  localSdp: string | undefined;
  remoteSdp: string | undefined;
  remoteAllow: ReadonlySet<string> = new Set();
  /** INVITEs of ours and the peer's that wait for a final answer: two at once are glare (RFC 3261 §14). */
  localOffers = 0;
  remoteOffer: ServerTransaction | undefined;
  /** Our 2xx answers that wait for their ACK, by CSeq number. */
  readonly unacknowledged = new Map<number, AnswerRetransmission>();
  readonly handlers: Partial<InviteSessionEvents> = {};
  acknowledgement: Acknowledgement | undefined;
  readonly contactUser: string | undefined;
  readonly spaces: ProtectionSpaces | undefined;
  readonly timerOptions: SessionTimerOptions;
  private readonly timer: SessionTimer;
  private ending: Promise<RequestOutcome> | undefined;
  /** Runs when the ACK comes or is given up: a callee may not send BYE before (§15). */
  private whenAcknowledged: (() => void) | undefined;

  constructor(
    readonly core: Core,
    readonly dialog: Dialog,
    parts: SessionParts,
  ) {
    this.id = dialog.id;
    this.role = parts.role;
    this.state = parts.role === 'callee' ? 'accepted' : 'confirmed';
    this.contactUser = parts.contactUser;
    this.spaces = parts.spaces;
    this.timerOptions = parts.timerOptions;
    this.timer = new SessionTimer(core.clock, {
      refresh: () => refreshSession(this),
      expired: () => {
        this.core.logger.info({ callId: this.id.callId }, 'Session expired without a refresh');
        void this.sendBye({ kind: 'expired', reasons: [{ protocol: 'SIP', cause: 408, text: 'Session expired' }] });
      },
    });
    core.dialogs.add(dialog.id, this);
  }

  get local(): NameAddress {
    return this.dialog.local;
  }

  get remote(): NameAddress {
    return this.dialog.remote;
  }

  get remoteTarget(): string {
    return this.dialog.remoteTarget;
  }

  get flow(): Flow | undefined {
    return this.dialog.flow;
  }

  on<E extends keyof InviteSessionEvents>(event: E, handler: InviteSessionEvents[E]): this {
    this.handlers[event] = handler;
    return this;
  }

  acknowledge(options: { sdp?: string } = {}): void {
    if (options.sdp !== undefined) this.localSdp = options.sdp;
    this.acknowledgement?.send(options.sdp);
  }

  reinvite(options: OfferOptions = {}): Promise<ReinviteOutcome> {
    return sendOffer(this, 'INVITE', options);
  }

  update(options: OfferOptions = {}): Promise<RequestOutcome> {
    return sendOffer(this, 'UPDATE', options);
  }

  bye(options: Parameters<InviteSession['bye']>[0] = {}): Promise<RequestOutcome> {
    const { reason } = options;
    const reasons = reason === undefined ? [] : 'protocol' in reason ? [reason] : [...reason];
    return this.sendBye({ kind: 'bye', reasons, headers: headerLines(options.headers) });
  }

  /** Another call has taken this one's place (RFC 3891 §3). */
  endAsReplaced(): Promise<RequestOutcome> {
    return this.sendBye({ kind: 'replaced', reasons: [] });
  }

  info(options: Parameters<InviteSession['info']>[0]): Promise<RequestOutcome> {
    const headers: HeaderFields = options.infoPackage === undefined ? {} : { 'Info-Package': options.infoPackage };
    return this.sendRequest({
      method: 'INFO',
      headers: { ...headers, ...options.headers },
      body: options.body,
      contentType: options.contentType,
    });
  }

  refer(options: ReferOptions): OutgoingRefer {
    const { core, dialog, contactUser, spaces } = this;
    return ReferClient.inDialog(core, { dialog, contactUser, spaces }, options);
  }

  notify(options: Parameters<InviteSession['notify']>[0]): Promise<RequestOutcome> {
    const { contentType, body } = options;
    return this.sendRequest({
      method: 'NOTIFY',
      headers: { Event: options.event, 'Subscription-State': options.subscriptionState, ...options.headers },
      ...(body === undefined ? {} : { body }),
      ...(contentType === undefined ? {} : { contentType }),
    });
  }

  async sendRequest(options: Parameters<InviteSession['sendRequest']>[0]): Promise<RequestOutcome> {
    if (this.state === 'ended') return endedFailure();
    const outcome = await sendInDialog(this.core, this.dialog, {
      method: options.method,
      headers: headerLines(options.headers),
      body: options.body,
      contentType: options.contentType,
      contactUser: this.contactUser,
      spaces: this.spaces,
    });
    if (!outcome.ok && losesDialog(outcome)) this.end({ by: 'remote', kind: 'lost', reasons: [] });
    return outcome;
  }

  receive(transaction: ServerTransaction): void {
    receiveInSession(this, transaction);
  }

  /** CANCEL of the peer's re-INVITE: it ends with 487, the session goes on. */
  offerCancelled(offer: ServerTransaction): void {
    offer.respond(487);
    if (this.remoteOffer === offer) this.remoteOffer = undefined;
  }

  /** ACK of one of our 2xx. Repeated ACKs find nothing to stop. */
  receiveAck(request: SipRequest): void {
    const sequence = request.cseq?.sequence ?? -1;
    const waiting = this.unacknowledged.get(sequence);
    if (waiting === undefined) return;
    waiting.stop();
    this.unacknowledged.delete(sequence);
    const sdp = sessionDescription(request);
    if (sdp !== undefined) this.remoteSdp = sdp;
    if (this.state === 'accepted') this.state = 'confirmed';
    this.whenAcknowledged?.();
    if (this.state !== 'ended') this.emit('acknowledged', sdp);
  }

  /** No ACK within 64*T1: the session ends with BYE (§13.3.1.4). */
  ackMissing(sequence: number): void {
    this.unacknowledged.delete(sequence);
    this.whenAcknowledged?.();
    if (this.state !== 'ended') void this.sendBye({ kind: 'no-ack', reasons: [] });
  }

  startTimer(agreed: AgreedTimer | undefined): void {
    if (this.state !== 'ended') this.timer.start(agreed);
  }

  learn(message: SipMessage): void {
    if (message.has('Allow')) this.remoteAllow = new Set(message.values('Allow').map((method) => method.toUpperCase()));
  }

  emit<E extends keyof InviteSessionEvents>(event: E, ...args: Parameters<InviteSessionEvents[E]>): boolean {
    const handler = this.handlers[event] as ((...all: Parameters<InviteSessionEvents[E]>) => void) | undefined;
    if (handler === undefined) return false;
    handler(...args);
    return true;
  }

  /** Ends the session here; no message is sent. */
  end(end: SessionEnd): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.timer.stop();
    if (this.remoteOffer !== undefined && !this.remoteOffer.answered) this.remoteOffer.respond(487);
    this.remoteOffer = undefined;
    this.forget();
    this.emit('ended', end);
  }

  close(): Promise<unknown> {
    return this.sendBye({ kind: 'closed', reasons: [] });
  }

  private sendBye(why: {
    kind: SessionEndKind;
    reasons: readonly Reason[];
    headers?: readonly HeaderLine[];
  }): Promise<RequestOutcome> {
    if (this.ending !== undefined) return this.ending;
    if (this.state === 'ended') return Promise.resolve(endedFailure());
    const waitsForAck = this.state === 'accepted' && this.unacknowledged.size > 0;
    const headers: HeaderLine[] = [
      ...why.reasons.map((reason): HeaderLine => ['Reason', buildReason(reason)]),
      ...(why.headers ?? []),
    ];
    const send = (): Promise<RequestOutcome> =>
      sendInDialog(this.core, this.dialog, { method: 'BYE', headers, spaces: this.spaces });
    this.ending = waitsForAck
      ? new Promise((resolve) => {
          this.whenAcknowledged = () => {
            this.whenAcknowledged = undefined;
            resolve(send());
          };
        })
      : send();
    void this.ending.then(() => this.forget());
    this.state = 'ended';
    this.timer.stop();
    if (this.remoteOffer !== undefined && !this.remoteOffer.answered) this.remoteOffer.respond(487);
    this.emit('ended', { by: 'local', kind: why.kind, reasons: why.reasons });
    return this.ending;
  }

  private forget(): void {
    for (const waiting of this.unacknowledged.values()) waiting.stop();
    this.unacknowledged.clear();
    this.whenAcknowledged = undefined;
    this.core.dialogs.remove(this.id, this);
  }
}
