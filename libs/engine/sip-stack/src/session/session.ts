import type { NameAddress, Reason, SipMessage, SipRequest } from '@carillon/sip-message';
import type { SessionCopy, UnfinishedCopy } from '../api/dialog-copy.js';
import type { Flow } from '../api/flow.js';
import type { HeaderFields } from '../api/header-fields.js';
import type { IncomingInvite } from '../api/incoming-invite.js';
import type {
  DialogId,
  InviteSession,
  InviteSessionEvents,
  ReinviteOutcome,
  SessionEnd,
  SessionTimerOptions,
  UpdateOutcome,
} from '../api/invite-session.js';
import type { OutgoingInvite } from '../api/outgoing-invite.js';
import type { OutgoingRefer, ReferOptions } from '../api/refer.js';
import type { RequestOutcome } from '../api/request-outcome.js';
import type { WayToPeer } from '../api/way-to-peer.js';
import type { ProtectionSpaces } from '../authentication/protection-spaces.js';
import { callHandler } from '../call-handler.js';
import { NO_METHODS } from '../dialog/allow-sets.js';
import type { Dialog } from '../dialog/dialog.js';
import type { DialogUsage } from '../dialog/dialog-layer.js';
import { headerLines } from '../header-lines.js';
import { ReferClient } from '../refer/refer-client.js';
import { infoPackagesOf } from '../info/info-packages.js';
import { sendInfo } from '../info/send-info.js';
import { endedFailure } from '../request-failure.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';
import type { Acknowledgement } from './acknowledgement.js';
import { AwaitedAcks } from './awaited-acks.js';
import { copySession, copyUnfinished } from './copy-session.js';
import { endHere, endWithBye, judgeFailure, refuseWithoutPrack } from './end-session.js';
import type { LocalInvite } from './local-invite.js';
import type { Negotiation } from './negotiation.js';
import { reasonsOf } from './reason-lines.js';
import { receiveInSession } from './receive-in-session.js';
import type { ReceivedOffer } from './received-offer.js';
import { refreshSession } from './refresh-session.js';
import type { ReliableProgress } from './reliable-progress.js';
import { cancelReinvite, sendReinvite, sendUpdate } from './send-offer.js';
import type { ReinviteOptions } from './send-offer.js';
import { sendInDialog } from './send-in-dialog.js';
import type { InDialogRequest } from './send-in-dialog.js';
import type { EarlyOwner, SessionParts } from './session-parts.js';
import { notifyRequest } from './session-requests.js';
import { minimumOf, SessionTimer } from './session-timer.js';
import type { AgreedTimer } from './session-timer.js';

const EXPIRED: Reason = { protocol: 'SIP', cause: 408, text: 'Session expired' };
/**
 * One INVITE dialog with its session. The state is here; what arrives is handled in {@link receiveInSession}, offers go out by
 * `send-offer.ts`, what an SDP means is decided by {@link Negotiation}, and how it ends is in `end-session.ts`.
 *
 * ```text
 * callee: early --2xx sent--> accepted --ACK--> confirmed --BYE, lost, expired--> ended
 *           |                    `---no ACK, no answer-------------------------------^
 *           `--refused, cancelled, BYE-----------------------------------------------^
 * caller: early --2xx, ACK---------------------> confirmed --BYE, lost, expired--> ended
 *           `--refused, 199, BYE, another fork won-----------------------------------^
 * ```
 */
export class Session implements InviteSession, DialogUsage {
  readonly id: DialogId;
  readonly role: 'caller' | 'callee';
  state: InviteSession['state'] = 'early';
  remoteAllow: ReadonlySet<string> = NO_METHODS;
  remoteInfoPackages: ReadonlySet<string> | undefined;
  readonly negotiation: Negotiation;
  readonly contactUser: string | undefined;
  readonly spaces: ProtectionSpaces | undefined;
  timerOptions: SessionTimerOptions;
  owner: EarlyOwner | undefined;
  /** Requests of ours that wait: two at once, or one of each side, are glare (RFC 3261 §14, RFC 6337 §4.3). */
  localInvite: LocalInvite | undefined;
  localUpdate = false;
  openPracks = 0;
  /** Requests of the peer that wait for our final answer. */
  remoteInvite: ServerTransaction | undefined;
  remoteOffer: ReceivedOffer | undefined;
  remoteUpdate: ServerTransaction | undefined;
  reliable: ReliableProgress | undefined;
  acknowledgement: Acknowledgement | undefined;
  /** Largest Min-SE that this dialog has seen (RFC 4028 §7.4). */
  seenMinimum: number | undefined;
  private handlers: Partial<InviteSessionEvents> = {};
  /** Our 2xx answers that wait for their ACK. */
  awaited: AwaitedAcks | undefined;
  timer: SessionTimer | undefined;
  /** Outcome of the BYE, once it is on its way. */
  ending: Promise<RequestOutcome> | undefined;
  /** Offers that wait for an open exchange to end. */
  private waiters: (() => void)[] | undefined;

  constructor(
    readonly core: Core,
    readonly dialog: Dialog,
    parts: SessionParts,
  ) {
    this.id = dialog.id;
    this.role = parts.role;
    this.contactUser = parts.contactUser;
    this.spaces = parts.spaces;
    this.timerOptions = parts.timerOptions;
    this.negotiation = parts.negotiation;
    this.owner = parts.owner;
    core.dialogs.add(dialog.id, this);
  }

  get invite(): IncomingInvite | OutgoingInvite | undefined {
    return this.state === 'early' ? this.owner?.handle : undefined;
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

  get localSdp(): string | undefined {
    return this.negotiation.localOffered;
  }

  get remoteSdp(): string | undefined {
    return this.negotiation.remote;
  }

  get agreedTimer(): AgreedTimer | undefined {
    return this.timer?.agreed;
  }

  on<E extends keyof InviteSessionEvents>(event: E, handler: InviteSessionEvents[E]): this {
    this.handlers[event] = handler;
    return this;
  }

  reachBy(way: WayToPeer): void {
    this.dialog.reachBy(way);
  }

  copy(): SessionCopy | undefined {
    return copySession(this);
  }

  unfinished(): UnfinishedCopy | undefined {
    return copyUnfinished(this);
  }

  acknowledge(options: { sdp?: string } = {}): void {
    this.acknowledgement?.send(options.sdp);
  }

  reinvite(options: ReinviteOptions = {}): Promise<ReinviteOutcome> {
    return sendReinvite(this, options);
  }

  cancelReinvite(options: { reason?: Reason | readonly Reason[] } = {}): void {
    cancelReinvite(this, reasonsOf(options.reason));
  }

  update(options: { sdp?: string; headers?: HeaderFields } = {}): Promise<UpdateOutcome> {
    return sendUpdate(this, options);
  }

  bye(options: Parameters<InviteSession['bye']>[0] = {}): Promise<RequestOutcome> {
    const reasons = reasonsOf(options.reason);
    // §15: a callee has no BYE for an early dialog; its INVITE is rejected instead.
    if (this.state === 'early' && this.role === 'callee') {
      return Promise.resolve({ ok: false, status: 403, reason: 'Not before the 200', cause: 'ended' });
    }
    return endWithBye(this, { by: 'local', kind: 'bye', reasons, headers: headerLines(options.headers) });
  }

  info(options: Parameters<InviteSession['info']>[0]): Promise<RequestOutcome> {
    return sendInfo(this, options);
  }

  refer(options: ReferOptions): OutgoingRefer {
    const { core, dialog, contactUser, spaces } = this;
    const lives = (): boolean => this.state !== 'ended';
    return ReferClient.inDialog(core, { dialog, contactUser, spaces, lives }, options);
  }

  notify(options: Parameters<InviteSession['notify']>[0]): Promise<RequestOutcome> {
    return this.sendRequest(notifyRequest(options));
  }

  sendRequest(options: Parameters<InviteSession['sendRequest']>[0]): Promise<RequestOutcome> {
    return this.request({
      method: options.method,
      headers: headerLines(options.headers),
      body: options.body,
      contentType: options.contentType,
    });
  }

  /** Sends any request of this dialog and judges its failure (RFC 5057 §5). */
  async request(request: InDialogRequest): Promise<RequestOutcome> {
    if (this.state === 'ended') return endedFailure();
    const { core, dialog, contactUser, spaces } = this;
    const outcome = await sendInDialog(core, dialog, { ...request, contactUser, spaces, supported: true });
    if (!outcome.ok) judgeFailure(this, request.method, outcome);
    return outcome;
  }

  receive(transaction: ServerTransaction): void {
    receiveInSession(this, transaction);
  }

  /** ACK of one of our 2xx. */
  receiveAck(request: SipRequest): void {
    this.awaited?.receive(request);
  }

  /** Our 2xx to an INVITE is out: repeat it until its ACK. */
  awaitAck(transaction: ServerTransaction, bytes: Buffer): void {
    this.awaited ??= new AwaitedAcks(this);
    this.awaited.add(transaction, bytes);
  }

  prackMissing(transaction: ServerTransaction): void {
    refuseWithoutPrack(this, transaction);
  }

  startTimer(agreed: AgreedTimer | undefined): void {
    if (this.state === 'ended') return;
    if (agreed !== undefined) this.timer ??= new SessionTimer(this.core.clock, this);
    this.timer?.start(agreed);
  }

  refreshDue(): void {
    if (this.timer !== undefined) refreshSession(this, this.timer);
  }

  sessionExpired(): void {
    this.core.logger.info({ callId: this.id.callId }, 'Session expired without a refresh');
    void endWithBye(this, { by: 'local', kind: 'expired', reasons: [EXPIRED] });
  }

  /** What every message of the peer may tell: the methods it takes, and its shortest interval. */
  learn(message: SipMessage): void {
    this.remoteAllow = this.core.allowSets.of(message) ?? this.remoteAllow;
    this.remoteInfoPackages = infoPackagesOf(message) ?? this.remoteInfoPackages;
    if (message.kind === 'response' || !message.has('Min-SE')) return;
    const minimum = minimumOf(message);
    if (minimum !== undefined) this.seenMinimum = Math.max(this.seenMinimum ?? 0, minimum);
  }

  emit<E extends keyof InviteSessionEvents>(event: E, ...args: Parameters<InviteSessionEvents[E]>): boolean {
    const handler = this.handlers[event] as ((...all: Parameters<InviteSessionEvents[E]>) => void) | undefined;
    if (handler === undefined) return false;
    handler(...args);
    return true;
  }

  /** Resolves when something that was open has ended, or the dialog has. */
  untilSettled(): Promise<void> {
    return new Promise((resolve) => {
      (this.waiters ??= []).push(resolve);
    });
  }

  settled(): void {
    const waiters = this.waiters ?? [];
    this.waiters = undefined;
    for (const resolve of waiters) resolve();
  }

  /** Ends it here; no message is sent but 487 to what waits. */
  end(end: SessionEnd): void {
    endHere(this, end);
  }

  close(): Promise<unknown> {
    if (this.state !== 'early') return endWithBye(this, { by: 'local', kind: 'closed', reasons: [] });
    this.owner?.giveUp();
    return Promise.resolve();
  }

  /** Handlers may hold whole calls: they go with the last event. */
  emitEnd(end: SessionEnd): void {
    callHandler(this.core.logger, 'ended', () => this.emit('ended', end));
    this.forgetHandlers();
  }

  forgetHandlers(): void {
    this.handlers = {};
  }
}
