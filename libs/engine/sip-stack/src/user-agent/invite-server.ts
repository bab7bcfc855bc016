import { parseReferredBy, sessionDescription } from '@carillon/sip-message';
import type { HeaderLine, Reason, ReferredBy, SipRequest } from '@carillon/sip-message';
import type { AcceptOptions, IncomingInvite, ProgressOptions, ReplacedDialog } from '../api/incoming-invite.js';
import type { ReplyOptions } from '../api/incoming-request.js';
import type { InviteSession } from '../api/invite-session.js';
import type { TimerHandle } from '../clock.js';
import { Dialog } from '../dialog/dialog.js';
import type { DialogUsage } from '../dialog/dialog-layer.js';
import { headerLines } from '../header-lines.js';
import { endReplaced } from '../replaces/end-replaced.js';
import { awaitAck } from '../session/receive-in-session.js';
import { Session } from '../session/session.js';
import { grantTimer } from '../session/session-timer.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from './core.js';
import { capabilityLines, serverLines } from './core.js';
import { ReceivedRequest } from './received-request.js';

/** An INVITE that rings here: its early dialog until it is accepted. */
export class InviteServer extends ReceivedRequest implements IncomingInvite, DialogUsage {
  state: IncomingInvite['state'] = 'ringing';
  readonly callId: string;
  readonly remoteTag: string;
  readonly offer: string | undefined;
  readonly replaces: ReplacedDialog | undefined;
  readonly joins: InviteSession | undefined;
  private cancelHandler: ((reasons: readonly Reason[]) => void) | undefined;
  private cancelledFor: readonly Reason[] | undefined;
  private repeatTimer: TimerHandle | undefined;

  constructor(
    core: Core,
    transaction: ServerTransaction,
    matched: { replaces: ReplacedDialog | undefined; joins: InviteSession | undefined },
  ) {
    super(core, transaction);
    this.replaces = matched.replaces;
    this.joins = matched.joins;
    this.callId = transaction.request.callId ?? '';
    this.remoteTag = transaction.request.fromTag ?? '';
    this.offer = sessionDescription(transaction.request);
    transaction.onFailed = () => this.lost();
    core.dialogs.add(this.dialogId, this);
  }

  get referredBy(): ReferredBy | undefined {
    return parseReferredBy(this.request.header('Referred-By') ?? '');
  }

  private get dialogId(): { callId: string; localTag: string; remoteTag: string } {
    return { callId: this.callId, localTag: this.localTag, remoteTag: this.remoteTag };
  }

  progress(status: number, options: ProgressOptions = {}): void {
    if (this.state !== 'ringing' || status <= 100 || status >= 200) return;
    const headers = [...this.dialogLines(), ...headerLines(options.headers)];
    if (options.sdp !== undefined) headers.push(['Content-Type', 'application/sdp']);
    const bytes = this.transaction.build(status, { reason: options.reason, headers, body: options.sdp });
    this.transaction.respondBytes(status, bytes);
    this.repeatProgress(status, bytes);
  }

  accept(options: AcceptOptions): InviteSession | undefined {
    if (this.state !== 'ringing') return undefined;
    if (this.replaces?.session.state === 'ended') {
      // What it was to replace is over: so is this call (RFC 3891 §3).
      this.reject(603);
      return undefined;
    }
    const { core, transaction } = this;
    const timerOptions = options.sessionTimer ?? core.sessionTimer;
    const granted = grantTimer(this.request, timerOptions);
    const headers: HeaderLine[] = [
      ...this.dialogLines(),
      ...granted.headers,
      ...headerLines(options.headers),
      ['Content-Type', 'application/sdp'],
    ];
    const dialog = Dialog.asCallee(this.request, this.localTag, transaction.source);
    this.finish('accepted');
    const parts = { role: 'callee', contactUser: this.contactUser, spaces: undefined, timerOptions } as const;
    const session = new Session(core, dialog, parts);
    session.learn(this.request);
    session.localSdp = options.sdp;
    session.remoteSdp = this.offer;
    session.startTimer(granted.agreed);
    const bytes = transaction.build(200, { headers, body: options.sdp });
    transaction.onFailed = () => session.end({ by: 'remote', kind: 'lost', reasons: [] });
    transaction.respondBytes(200, bytes);
    awaitAck(session, transaction, bytes);
    if (this.replaces !== undefined) endReplaced(this.replaces);
    return session;
  }

  reject(status: number, options: ReplyOptions = {}): void {
    if (this.state !== 'ringing') return;
    super.reply(Math.max(status, 300), options);
    this.finish('rejected');
  }

  /** For handlers that know requests only: provisional, final failure, or acceptance with the body as SDP. */
  override reply(status: number, options: ReplyOptions = {}): void {
    const common = options.headers === undefined ? {} : { headers: options.headers };
    const sdp = typeof options.body === 'string' ? options.body : undefined;
    if (status < 200) this.progress(status, { ...common, ...(sdp === undefined ? {} : { sdp }) });
    else if (status >= 300) this.reject(status, options);
    else this.accept({ ...common, sdp: sdp ?? '' });
  }

  onCancelled(handler: (reasons: readonly Reason[]) => void): void {
    this.cancelHandler = handler;
    // The CANCEL may have come while the handler was still being decided upon.
    if (this.cancelledFor !== undefined) handler(this.cancelledFor);
  }

  cancelled(reasons: readonly Reason[]): void {
    if (this.state !== 'ringing') return;
    this.transaction.respond(487, { headers: serverLines(this.core.capabilities, 'Server') });
    this.finish('cancelled');
    this.cancelledFor = reasons;
    this.cancelHandler?.(reasons);
  }

  /** The way back to the caller is gone: for the handler this is a caller who gave up without a reason. */
  private lost(): void {
    if (this.state !== 'ringing') return;
    // The transaction stays until it has a final response (RFC 6026 §7.1), though nobody may hear it.
    this.transaction.respond(500);
    this.finish('failed');
    this.cancelledFor = [];
    this.cancelHandler?.([]);
  }

  /** Requests inside the early dialog. */
  receive(transaction: ServerTransaction): void {
    const { method } = transaction.request;
    if (method === 'BYE') {
      // The caller may end an early dialog by BYE (RFC 3261 §15).
      transaction.respond(200);
      this.cancelled(transaction.request.reasons);
    } else transaction.respond(method === 'UPDATE' || method === 'INVITE' ? 491 : 481);
  }

  receiveAck(_request: SipRequest): void {
    // ACK of a failure belongs to the transaction.
  }

  close(): Promise<unknown> {
    this.reject(503);
    return Promise.resolve();
  }

  private get contactUser(): string | undefined {
    const { uri } = this.request;
    return uri?.scheme === 'sip' || uri?.scheme === 'sips' ? uri.user : undefined;
  }

  private dialogLines(): HeaderLine[] {
    const { core, transaction } = this;
    const flow = transaction.source;
    return [
      ...this.request.headers('Record-Route').map((value): HeaderLine => ['Record-Route', value]),
      ['Contact', `<${core.transport.contactUri(flow.protocol, this.contactUser, flow)}>`],
      ...capabilityLines(core.capabilities),
      ...serverLines(core.capabilities, 'Server'),
    ];
  }

  /** Proxies drop a call without news after three minutes (§13.3.1.1). */
  private repeatProgress(status: number, bytes: Buffer): void {
    const { clock, timers } = this.core;
    if (this.repeatTimer !== undefined) clock.clearTimeout(this.repeatTimer);
    this.repeatTimer = clock.setTimeout(() => {
      this.transaction.respondBytes(status, bytes);
      this.repeatProgress(status, bytes);
    }, timers.provisionalRepeat);
  }

  private finish(state: IncomingInvite['state']): void {
    if (this.state !== 'ringing') return;
    this.state = state;
    if (this.repeatTimer !== undefined) this.core.clock.clearTimeout(this.repeatTimer);
    this.repeatTimer = undefined;
    this.core.dialogs.remove(this.dialogId, this);
  }
}
