import { sessionDescription } from '@carillon/sip-message';
import type { Reason, SipRequest, SipResponse } from '@carillon/sip-message';
import type { Credentials } from '../api/credentials.js';
import type { InviteSession, SessionEnd, SessionTimerOptions } from '../api/invite-session.js';
import type { UnfinishedCopy } from '../api/dialog-copy.js';
import type { InviteOptions, InviteRetry, OutgoingInvite, OutgoingInviteEvents } from '../api/outgoing-invite.js';
import type { RequestFailure } from '../api/request-outcome.js';
import { AuthorizedRequest } from '../authentication/authorized-request.js';
import { ProtectionSpaces } from '../authentication/protection-spaces.js';
import { callHandler } from '../call-handler.js';
import type { TimerHandle } from '../clock.js';
import { COMPLETED_ELSEWHERE } from '../completed-elsewhere.js';
import { dialogReferenceLines } from '../replaces/dialog-reference-lines.js';
import { cancelledFailure, responseFailure, timeoutFailure, transportFailure } from '../request-failure.js';
import { Acknowledgement } from '../session/acknowledgement.js';
import { reasonLines, reasonsOf } from '../session/reason-lines.js';
import { DIALOGLESS_PROGRESS, receiveProgress } from '../session/receive-progress.js';
import type { Session } from '../session/session.js';
import type { EarlyOwner } from '../session/session-parts.js';
import { agreedByResponse, lengthened, offerTimer } from '../session/session-timer.js';
import { copySent } from '../transaction/copy-invite.js';
import { branchSession } from './branch-session.js';
import { CallBranches } from './call-branches.js';
import type { Core } from './core.js';
import { hangUpLate } from './hang-up-late.js';
import { inviteBody } from './invite-body.js';
import type { InviteClientParts } from './invite-client-parts.js';
import { inviteCapabilityLines } from './core.js';
import { outgoingDestination, outgoingDraft, wayOf } from './outgoing-draft.js';
import type { SendingRequest } from './request-sender.js';

/** Most times one call's INVITE is sent again by itself (401, 407, 422). */
const MAX_REPEATS = 8;
const EARLY_DIALOG_TERMINATED = 199;

/**
 * One call going out. Each To tag that answers has an early dialog of its own (RFC 3261 §13.2.2, §12.1.2).
 *
 * ```text
 * calling --1xx--> proceeding --2xx--> accepted
 *    |                 |--cancel: CANCEL--> cancelling --487, 64*T1, other final--> rejected
 *    |                 |                        `--2xx: ACK, BYE-----------------> rejected
 *    `--cancel: wait for 1xx---------------------^
 * ```
 */
export class InviteClient implements OutgoingInvite, EarlyOwner {
  state: OutgoingInvite['state'] = 'calling';
  private sequence: number;
  private timerOptions: SessionTimerOptions;
  private sending: SendingRequest | undefined;
  private repeats = 0;
  private provisional = false;
  private cancelReasons: readonly Reason[] = [];
  private cancelSent = false;
  /** Replaces the 487 that a cancelled call would show. */
  private failure: RequestFailure | undefined;
  private refusal: SipResponse | undefined;
  private timer: TimerHandle | undefined;
  private readonly branches: CallBranches;
  private handlers: Partial<OutgoingInviteEvents> = {};

  constructor(
    private readonly core: Core,
    private readonly options: InviteOptions,
    private readonly parts: InviteClientParts,
  ) {
    this.sequence = parts.sequence;
    this.branches = new CallBranches(core, parts.identity.callId);
    this.timerOptions = options.sessionTimer ?? core.sessionTimer;
  }

  get callId(): string {
    return this.parts.identity.callId;
  }

  get localTag(): string {
    return this.parts.identity.local.parameters.get('tag') ?? '';
  }

  get handle(): OutgoingInvite {
    return this;
  }

  get earlyDialogs(): readonly InviteSession[] {
    return this.branches.early;
  }

  on<E extends keyof OutgoingInviteEvents>(event: E, handler: OutgoingInviteEvents[E]): this {
    this.handlers[event] = handler;
    return this;
  }

  /** Sends the INVITE. */
  start(): this {
    this.parts.begun(this);
    if ((this.options.maxForwards ?? 1) < 1) {
      queueMicrotask(() => this.reject({ ok: false, status: 483, reason: 'Too Many Hops', cause: 'ended' }));
      return this;
    }
    this.armRingTimer();
    this.send();
    return this;
  }

  cancel(options: { reason?: Reason | readonly Reason[] } = {}): void {
    if (this.state !== 'calling' && this.state !== 'proceeding') return;
    this.cancelReasons = reasonsOf(options.reason);
    this.state = 'cancelling';
    // No other server of the domain need ring any more.
    if (this.sending !== undefined) this.sending.abandoned = true;
    if (this.provisional) this.sendCancel();
  }

  retryWithAuth(credentials: Credentials): OutgoingInvite | undefined {
    const { refusal } = this;
    // Credentials that were sent and refused are not worth another try.
    if (refusal === undefined || this.parts.authorized.lines.length > 0) return undefined;
    const spaces = new ProtectionSpaces(credentials, this.core);
    const authorized = new AuthorizedRequest(spaces);
    let answerable = false;
    authorized.challenged(refusal, (retry) => {
      answerable = retry;
    });
    if (!answerable) return undefined;
    const parts = { ...this.parts, sequence: this.sequence + 1, authorized };
    return new InviteClient(this.core, { ...this.options, credentials }, parts).start();
  }

  retry(changes: InviteRetry): OutgoingInvite | undefined {
    if (this.refusal === undefined) return undefined;
    const { credentials } = changes;
    const known = this.parts.authorized.spaces;
    const spaces = credentials === undefined ? known : new ProtectionSpaces(credentials, this.core);
    const parts = { ...this.parts, sequence: this.sequence + 1, authorized: new AuthorizedRequest(spaces) };
    return new InviteClient(this.core, { ...this.options, ...changes }, parts).start();
  }

  /** The peer has no right to it (§15) but is gone: without another branch there is nothing left to wait for. */
  earlyBye(_session: Session, bye: SipRequest): void {
    if (this.branches.early.length > 0) return;
    this.failure = cancelledFailure();
    this.cancel({ reason: bye.reasons });
  }

  replaced(): void {
    this.failure = cancelledFailure();
    this.cancel({ reason: COMPLETED_ELSEWHERE });
  }

  unfinished(): UnfinishedCopy | undefined {
    const invite = this.state === 'calling' || this.state === 'proceeding' ? this.sending?.invite : undefined;
    return invite === undefined ? undefined : copySent(invite);
  }

  /** The user agent closes: the call is cancelled, and nothing more is waited for. */
  giveUp(): void {
    this.cancel();
    if (this.state === 'accepted') this.endAccepted({ by: 'local', kind: 'closed', reasons: [] });
  }

  private send(): void {
    const { core, options } = this;
    const { body, contentType } = inviteBody(options.sdp, options.attached, () => core.identifiers.tag());
    const draft = outgoingDraft(core, options, {
      identity: this.parts.identity,
      method: 'INVITE',
      sequence: this.sequence,
      contact: { user: options.contactUser },
      extra: [
        ...this.parts.authorized.sign({ method: 'INVITE', uri: wayOf(options).uri, body }),
        ...inviteCapabilityLines(core, options.reliableProvisional ?? core.reliableProvisional),
        ...offerTimer(this.timerOptions),
        ...dialogReferenceLines(options),
      ],
      body,
      contentType,
    });
    this.provisional = false;
    const { sequence } = this;
    const { identity, authorized } = this.parts;
    this.sending = core.sender.send(draft, outgoingDestination(core, options), {
      response: (response) => {
        if (sequence === this.sequence) this.receive(response);
      },
      timeout: () => this.reject(timeoutFailure()),
      late: hangUpLate(core, options, { identity, sequence, authorization: authorized.lines }),
      transportError: () => {
        // Also when it was given up before its way was found.
        const givenUp = this.state === 'cancelling';
        this.reject(givenUp ? (this.failure ?? cancelledFailure()) : transportFailure());
      },
    });
  }

  private receive(response: SipResponse): void {
    if (response.status < 200) this.receiveProvisional(response);
    else if (response.status < 300) this.receiveSuccess(response);
    else this.receiveFailure(response);
  }

  private receiveProvisional(response: SipResponse): void {
    this.provisional = true;
    const { state } = this;
    if (state === 'cancelling') this.sendCancel();
    else if (state === 'calling' || state === 'proceeding') {
      this.state = 'proceeding';
      if (response.status > 100 && this.options.ringSeconds === undefined) this.armRingTimer();
    } else return;
    if (response.status === 100) return;
    // Once given up the call is told nothing more, but what is reliable still gets its PRACK.
    const handler = state === 'cancelling' ? undefined : this.tellProgress;
    const tag = response.toTag;
    if (tag === undefined) {
      handler?.(response, sessionDescription(response), DIALOGLESS_PROGRESS);
      return;
    }
    const ends = response.status === EARLY_DIALOG_TERMINATED;
    // RFC 6228 §4: of a branch that nobody has heard of.
    const known = this.branches.find(tag);
    if (ends && known === undefined && !response.has('RSeq')) return;
    const session = known ?? this.branches.open(response, this.newSession);
    const invite = session?.localInvite;
    if (session === undefined || session.state !== 'early' || invite === undefined) return;
    receiveProgress(session, invite, { response, handler });
    if (ends) session.end({ by: 'remote', kind: 'terminated', reasons: response.reasons });
  }

  private readonly tellProgress: OutgoingInviteEvents['progress'] = (response, sdp, about) => {
    callHandler(this.core.logger, 'progress', () => this.handlers.progress?.(response, sdp, about));
  };

  private readonly newSession = (response: SipResponse): Session => {
    const { options, parts, sequence, timerOptions, sending } = this;
    const invite = { options, parts, sequence, timerOptions, flow: sending?.flow, owner: this };
    return branchSession(this.core, invite, response);
  };

  private receiveSuccess(response: SipResponse): void {
    const tag = response.toTag ?? '';
    const acknowledged = this.branches.acknowledgement(tag);
    if (acknowledged !== undefined) {
      acknowledged.repeat();
      return;
    }
    const known = this.branches.find(tag);
    this.parts.authorized.accepted(response);
    const early = known?.state === 'early';
    if (early) known.dialog.confirm(response);
    const session = early ? known : this.branches.open(response, this.newSession);
    if (session === undefined) return;
    const { core, sequence } = this;
    const acknowledgement = new Acknowledgement(session, { sequence, authorization: this.parts.authorized.lines });
    session.acknowledgement = acknowledgement;
    this.branches.acknowledge(tag, acknowledgement);
    session.localInvite = undefined;
    session.owner = undefined;
    session.state = 'confirmed';
    session.learn(response);
    const first = this.state === 'calling' || this.state === 'proceeding';
    const tell = first ? this.handlers.accepted : this.state === 'accepted' ? this.handlers.forked : undefined;
    const description = sessionDescription(response);
    const { negotiation } = session;
    const meaning =
      description === undefined
        ? negotiation.take('receive 2xx without SDP')
        : negotiation.take('receive 2xx', description);
    if (!first && tell === undefined) {
      // A fork that answered too late, or a 200 that crossed our CANCEL (§9.1, §13.2.2.4).
      acknowledgement.send();
      void session.bye({ reason: this.state === 'accepted' ? COMPLETED_ELSEWHERE : this.cancelReasons });
      if (this.state === 'cancelling') this.reject(this.failure ?? cancelledFailure());
      return;
    }
    session.startTimer(agreedByResponse(response, { options: this.timerOptions }));
    // An offer in the 200 wants its answer in the ACK: the caller brings it.
    if (meaning !== 'offer') acknowledgement.send();
    if (first) {
      this.state = 'accepted';
      this.endLater();
    }
    session.settled();
    callHandler(core.logger, 'accepted', () =>
      tell?.(session, response, meaning === 'offer' ? description : negotiation.remote),
    );
    // Handlers may hold whole calls, and this outlives most calls: later only another branch can be told of.
    if (first) this.handlers = { forked: this.handlers.forked };
  }

  /** Branches that ring on may answer as well until the INVITE transaction is over (§13.2.2.4: 64*T1 after the first 2xx). */
  private endLater(): void {
    this.arm(64 * this.core.timers.t1, () =>
      this.endAccepted({ by: 'remote', kind: 'not-accepted', reasons: [COMPLETED_ELSEWHERE] }),
    );
  }

  private endAccepted(end: SessionEnd): void {
    this.finish();
    this.branches.endEarly(end);
    this.branches.forget();
    this.handlers = {};
  }

  private receiveFailure(response: SipResponse): void {
    if (this.state === 'accepted' || this.state === 'rejected') return;
    this.branches.endEarly({ by: 'remote', kind: 'not-accepted', reasons: response.reasons });
    if (this.state === 'cancelling' || this.repeats >= MAX_REPEATS) {
      this.refused(response);
      return;
    }
    if (response.status === 422) {
      const longer = lengthened(this.timerOptions, response);
      this.timerOptions = longer ?? this.timerOptions;
      this.decide(response, longer !== undefined);
      return;
    }
    this.parts.authorized.challenged(response, (retry) => this.decide(response, retry));
  }

  /** Sends the INVITE again, changed (401, 407, 422), or gives up. The caller may have cancelled meanwhile. */
  private decide(response: SipResponse, retry: boolean): void {
    if (!retry) {
      this.refused(response);
      return;
    }
    if (this.state === 'cancelling') this.reject(this.failure ?? cancelledFailure());
    if (this.state !== 'calling' && this.state !== 'proceeding') return;
    this.repeats += 1;
    this.sequence += 1;
    this.state = 'calling';
    this.branches.forget();
    this.send();
  }

  private refused(response: SipResponse): void {
    this.refusal = response;
    this.reject(this.failure ?? responseFailure(response));
  }

  private sendCancel(): void {
    const invite = this.sending?.invite;
    if (this.cancelSent || invite === undefined) return;
    this.cancelSent = true;
    this.core.transactions.cancel(invite, reasonLines(this.cancelReasons));
    // §9.1: without a final answer in 64*T1 the INVITE counts as cancelled.
    this.arm(64 * this.core.timers.t1, () => {
      this.reject(this.failure ?? cancelledFailure());
      invite.terminate();
    });
  }

  /** Timer C, or the time that the caller wants to let it ring. */
  private armRingTimer(): void {
    const { ringSeconds } = this.options;
    const milliseconds = ringSeconds === undefined ? this.core.timers.timerC : ringSeconds * 1000;
    this.arm(milliseconds, () => {
      this.failure = timeoutFailure();
      this.cancel({ reason: { protocol: 'SIP', cause: 408, text: 'Request Timeout' } });
    });
  }

  private arm(milliseconds: number, then: () => void): void {
    this.stopTimer();
    this.timer = this.core.clock.setTimeout(then, milliseconds);
  }

  private reject(failure: RequestFailure): void {
    if (this.state === 'accepted' || this.state === 'rejected') return;
    this.state = 'rejected';
    this.finish();
    this.branches.endEarly({ by: 'remote', kind: 'not-accepted', reasons: [] });
    callHandler(this.core.logger, 'rejected', () => this.handlers.rejected?.(failure));
    this.handlers = {};
  }

  private finish(): void {
    this.stopTimer();
    this.parts.done(this);
  }

  private stopTimer(): void {
    if (this.timer !== undefined) this.core.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }
}
