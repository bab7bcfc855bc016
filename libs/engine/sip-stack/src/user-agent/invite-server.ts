import { ownText, parseReferredBy, sessionDescription } from '@carillon/sip-message';
import type { Reason, ReferredBy, SipRequest } from '@carillon/sip-message';
import type {
  AcceptOptions,
  IncomingInvite,
  ProgressOptions,
  ProgressResult,
  ReplacedDialog,
} from '../api/incoming-invite.js';
import type { UnfinishedCopy } from '../api/dialog-copy.js';
import type { ReplyOptions } from '../api/incoming-request.js';
import type { DialogId, InviteSession } from '../api/invite-session.js';
import { callHandler } from '../call-handler.js';
import type { TimerHandle } from '../clock.js';
import { Dialog } from '../dialog/dialog.js';
import type { DialogUsage } from '../dialog/dialog-layer.js';
import { endReplaced } from '../replaces/end-replaced.js';
import { acceptInvite } from '../session/accept-invite.js';
import { Negotiation } from '../session/negotiation.js';
import { sendProgress, supportsReliable } from '../session/send-progress.js';
import { Session } from '../session/session.js';
import type { EarlyOwner } from '../session/session-parts.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from './core.js';
import { serverLines } from './core.js';
import { copyReceived } from '../transaction/copy-invite.js';
import { ReceivedRequest } from './received-request.js';

/** A reliable reply need not be repeated as often as others (RFC 3262 §3: two and a half minutes for one). */
const RELIABLE_REPEAT_FACTOR = 2.5;
const EARLY_DIALOG_TERMINATED = 199;
/** Longest Expires of an INVITE that is counted, seconds: a day of ringing. */
const LONGEST_EXPIRY = 86_400;
const EXPIRED: Reason = { protocol: 'SIP', cause: 487, text: 'Invitation expired' };

/** An INVITE that rings here. Its early dialog is a {@link Session} from the first reply above 100 on. */
export class InviteServer extends ReceivedRequest implements IncomingInvite, DialogUsage, EarlyOwner {
  state: IncomingInvite['state'] = 'ringing';
  readonly callId: string;
  readonly remoteTag: string;
  readonly replaces: ReplacedDialog | undefined;
  readonly joins: InviteSession | undefined;
  /** Since it is known by its dialog. */
  private dialogId: DialogId | undefined;
  /** Null: not looked at. */
  private readOffer: string | null | undefined = null;
  private session: Session | undefined;
  private cancelHandler: ((reasons: readonly Reason[]) => void) | undefined;
  private cancelledFor: readonly Reason[] | undefined;
  private repeatTimer: TimerHandle | undefined;
  private expiryTimer: TimerHandle | undefined;
  private forgetFlow: (() => void) | undefined;

  constructor(
    core: Core,
    transaction: ServerTransaction,
    matched: { replaces: ReplacedDialog | undefined; joins: InviteSession | undefined },
  ) {
    super(core, transaction);
    this.replaces = matched.replaces;
    this.joins = matched.joins;
    this.callId = ownText(transaction.request.callId ?? '');
    this.remoteTag = ownText(transaction.request.fromTag ?? '');
    transaction.onFailed = () => this.lost();
    transaction.onCancelled = (cancel) => this.cancelled(cancel.reasons);
    this.limitBy(transaction.request.expires);
    const { source } = transaction;
    // A browser that is gone cannot be dialled (RFC 7118 §5.2): nobody is left to ring for.
    if (source.protocol === 'ws' || source.protocol === 'wss') this.forgetFlow = source.onClosed(() => this.lost());
  }

  /**
   * It was not answered in the turn in which it came: found by its dialog from now on. Most calls begin with an INVITE that
   * is asked for credentials at once, which needs neither a tag nor a place of its own.
   */
  stay(): void {
    if (this.state !== 'ringing' || this.session !== undefined) return;
    this.dialogId = { callId: this.callId, localTag: this.localTag, remoteTag: this.remoteTag };
    this.core.dialogs.add(this.dialogId, this);
  }

  get offer(): string | undefined {
    if (this.readOffer === null) this.readOffer = sessionDescription(this.request);
    return this.readOffer;
  }

  get handle(): IncomingInvite {
    return this;
  }

  get referredBy(): ReferredBy | undefined {
    return parseReferredBy(this.request.header('Referred-By') ?? '');
  }

  get supportsReliable(): boolean {
    return supportsReliable(this.core, this.transaction);
  }

  /** Made when it is first needed: an INVITE that is refused at once has none. */
  get dialog(): Session {
    this.session ??= this.openDialog();
    return this.session;
  }

  progress(status: number, options: ProgressOptions = {}): ProgressResult {
    if (this.state !== 'ringing' || status <= 100 || status >= 200) return 'ignored';
    const result = sendProgress(this.dialog, this.transaction, { status, options });
    if (status === EARLY_DIALOG_TERMINATED) this.stopRepeating();
    else if (result !== 'ignored') this.repeatProgress(status, { options, reliable: result !== 'unreliable' });
    return result;
  }

  accept(options: AcceptOptions): InviteSession | undefined {
    if (this.state !== 'ringing') return undefined;
    if (this.replaces?.session.state === 'ended') {
      // What it was to replace is over: so is this call (RFC 3891 §3).
      this.reject(603);
      return undefined;
    }
    const session = this.dialog;
    if (options.sdp === undefined && session.negotiation.look('send 2xx without SDP') === 'missing') {
      this.core.logger.error({ callId: this.callId }, 'An INVITE cannot be accepted without SDP');
      this.reject(500);
      return undefined;
    }
    this.finish('accepted');
    session.timerOptions = options.sessionTimer ?? this.core.sessionTimer;
    acceptInvite(session, this.transaction, options);
    if (this.replaces !== undefined) endReplaced(this.replaces);
    return session;
  }

  reject(status: number, options: ReplyOptions = {}): void {
    if (this.state !== 'ringing') return;
    super.reply(Math.max(status, 300), options);
    this.finish('rejected');
    this.session?.end({ by: 'local', kind: 'not-accepted', reasons: [] });
  }

  /** For handlers that know requests only: provisional, final failure, or acceptance with the body as SDP. */
  override reply(status: number, options: ReplyOptions = {}): void {
    const common = options.headers === undefined ? {} : { headers: options.headers };
    const sdp = typeof options.body === 'string' ? options.body : undefined;
    const withSdp = sdp === undefined ? common : { ...common, sdp };
    if (status < 200) this.progress(status, withSdp);
    else if (status >= 300) this.reject(status, options);
    else this.accept(withSdp);
  }

  unfinished(): UnfinishedCopy | undefined {
    return this.state === 'ringing' ? copyReceived(this.transaction) : undefined;
  }

  onCancelled(handler: (reasons: readonly Reason[]) => void): void {
    this.cancelHandler = handler;
    // The CANCEL may have come while the handler was still being decided upon.
    if (this.cancelledFor !== undefined) handler(this.cancelledFor);
  }

  /** The caller may end an early dialog by BYE (RFC 3261 §15): that is its call. */
  earlyBye(_session: Session, bye: SipRequest): void {
    this.cancelled(bye.reasons);
  }

  unreachable(): void {
    this.reject(504);
  }

  replaced(): void {
    this.reject(486);
  }

  giveUp(): void {
    this.reject(503);
  }

  /** Without any reply above 100 there is no dialog that the caller could know. */
  receive(transaction: ServerTransaction): void {
    transaction.respond(481);
  }

  receiveAck(_request: SipRequest): void {
    // ACK of a failure belongs to the transaction.
  }

  close(): Promise<unknown> {
    this.giveUp();
    return Promise.resolve();
  }

  private cancelled(reasons: readonly Reason[]): void {
    if (this.state !== 'ringing') return;
    this.transaction.respond(487, { headers: serverLines(this.core.capabilities, 'Server') });
    this.over('cancelled', reasons);
  }

  /** The way back to the caller is gone: for the handler this is a caller who gave up without a reason. */
  private lost(): void {
    if (this.state !== 'ringing') return;
    // The transaction stays until it has a final response (RFC 6026 §7.1), though nobody may hear it.
    this.transaction.respond(500);
    this.over('failed', []);
  }

  private over(state: 'cancelled' | 'failed', reasons: readonly Reason[]): void {
    this.finish(state);
    this.cancelledFor = reasons;
    this.session?.end({ by: 'remote', kind: state === 'failed' ? 'lost' : 'cancelled', reasons });
    callHandler(this.core.logger, 'cancelled', () => this.cancelHandler?.(reasons));
  }

  /** The caller's own limit for the ringing: 487 when it is over (RFC 3261 §13.3.1). */
  private limitBy(seconds: number | undefined): void {
    if (seconds === undefined) return;
    const { clock } = this.core;
    this.expiryTimer = clock.setTimeout(() => this.cancelled([EXPIRED]), Math.min(seconds, LONGEST_EXPIRY) * 1000);
  }

  private openDialog(): Session {
    const { core, transaction, request } = this;
    const { uri } = request;
    const negotiation = new Negotiation();
    if (this.offer === undefined) negotiation.take('receive INVITE without SDP');
    else negotiation.take('receive INVITE', this.offer);
    const session = new Session(core, Dialog.asCallee(request, this.localTag, transaction.source), {
      role: 'callee',
      contactUser: uri?.scheme === 'sip' || uri?.scheme === 'sips' ? uri.user : undefined,
      spaces: undefined,
      timerOptions: core.sessionTimer,
      negotiation,
      owner: this,
    });
    session.remoteInvite = transaction;
    session.learn(request);
    return session;
  }

  /** Proxies drop a call without news after three minutes (§13.3.1.1). */
  private repeatProgress(status: number, of: { options: ProgressOptions; reliable: boolean }): void {
    const { clock, timers } = this.core;
    this.stopRepeating();
    const wait = timers.provisionalRepeat * (of.reliable ? RELIABLE_REPEAT_FACTOR : 1);
    this.repeatTimer = clock.setTimeout(() => this.progress(status, of.options), wait);
  }

  private stopRepeating(): void {
    if (this.repeatTimer !== undefined) this.core.clock.clearTimeout(this.repeatTimer);
    this.repeatTimer = undefined;
  }

  private finish(state: IncomingInvite['state']): void {
    if (this.state !== 'ringing') return;
    this.state = state;
    this.transaction.onFailed = undefined;
    this.stopRepeating();
    this.forgetFlow?.();
    if (this.expiryTimer !== undefined) this.core.clock.clearTimeout(this.expiryTimer);
    this.expiryTimer = undefined;
    if (this.dialogId !== undefined) this.core.dialogs.remove(this.dialogId, this);
  }
}
