import { buildReason, sessionDescription } from '@carillon/sip-message';
import type { HeaderLine, Reason, SipResponse } from '@carillon/sip-message';
import type { Credentials } from '../api/credentials.js';
import type { InviteOptions, OutgoingInvite, OutgoingInviteEvents } from '../api/outgoing-invite.js';
import type { RequestFailure } from '../api/request-outcome.js';
import type { SessionTimerOptions } from '../api/invite-session.js';
import { AuthorizedRequest } from '../authentication/authorized-request.js';
import { ProtectionSpaces } from '../authentication/protection-spaces.js';
import type { TimerHandle } from '../clock.js';
import { Dialog } from '../dialog/dialog.js';
import { responseFailure, timeoutFailure, transportFailure } from '../request-failure.js';
import { Acknowledgement } from '../session/acknowledgement.js';
import { dialogReferenceLines } from '../replaces/dialog-reference-lines.js';
import { Session } from '../session/session.js';
import { agreedByResponse, minimumOf, offerTimer } from '../session/session-timer.js';
import type { Core } from './core.js';
import { capabilityLines } from './core.js';
import { outgoingDestination, outgoingDraft } from './outgoing-draft.js';
import type { OutgoingIdentity } from './outgoing-draft.js';
import type { SendingRequest } from './request-sender.js';

/** What a call keeps when its INVITE is sent again. */
export interface InviteClientParts {
  readonly identity: OutgoingIdentity;
  readonly sequence: number;
  /** Credentials of this call, and the challenges that they answered. */
  readonly authorized: AuthorizedRequest;
  readonly begun: (invite: InviteClient) => void;
  readonly done: (invite: InviteClient) => void;
}

/** Most times one call's INVITE is sent again by itself (401, 407, 422). */
const MAX_REPEATS = 8;

/**
 * One call going out.
 *
 * ```text
 * calling --1xx--> proceeding --2xx--> accepted
 *    |                 |--cancel: CANCEL--> cancelling --487, 64*T1, other final--> rejected
 *    |                 |                        `--2xx: ACK, BYE-----------------> rejected
 *    `--cancel: wait for 1xx---------------------^
 * ```
 */
export class InviteClient implements OutgoingInvite {
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
  /** Sessions and discarded forks by their To tag, for 2xx that come again. */
  private readonly acknowledged = new Map<string, Acknowledgement>();
  private readonly handlers: Partial<OutgoingInviteEvents> = {};

  constructor(
    private readonly core: Core,
    private readonly options: InviteOptions,
    private readonly parts: InviteClientParts,
  ) {
    this.sequence = parts.sequence;
    this.timerOptions = options.sessionTimer ?? core.sessionTimer;
  }

  get callId(): string {
    return this.parts.identity.callId;
  }

  get localTag(): string {
    return this.parts.identity.local.parameters.get('tag') ?? '';
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
    const { reason } = options;
    this.cancelReasons = reason === undefined ? [] : 'protocol' in reason ? [reason] : [...reason];
    this.state = 'cancelling';
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

  private send(): void {
    const { core, options } = this;
    const draft = outgoingDraft(core, options, {
      identity: this.parts.identity,
      method: 'INVITE',
      sequence: this.sequence,
      contact: { user: options.contactUser },
      extra: [
        ...this.parts.authorized.sign({ method: 'INVITE', uri: options.target, body: options.sdp }),
        ...capabilityLines(core.capabilities),
        ...offerTimer(this.timerOptions),
        ...dialogReferenceLines(options),
      ],
      body: options.sdp,
    });
    this.provisional = false;
    const sequence = this.sequence;
    this.sending = core.sender.send(draft, outgoingDestination(core, options), {
      response: (response) => {
        if (sequence === this.sequence) this.receive(response);
      },
      timeout: () => this.reject(timeoutFailure()),
      transportError: () => this.reject(transportFailure()),
    });
  }

  private receive(response: SipResponse): void {
    if (response.status < 200) this.receiveProvisional(response);
    else if (response.status < 300) this.receiveSuccess(response);
    else this.receiveFailure(response);
  }

  private receiveProvisional(response: SipResponse): void {
    this.provisional = true;
    if (this.state === 'cancelling') {
      this.sendCancel();
      return;
    }
    if (this.state !== 'calling' && this.state !== 'proceeding') return;
    this.state = 'proceeding';
    if (response.status === 100) return;
    if (this.options.ringSeconds === undefined) this.armRingTimer();
    this.handlers.progress?.(response, sessionDescription(response));
  }

  private receiveSuccess(response: SipResponse): void {
    const tag = response.toTag ?? '';
    const known = this.acknowledged.get(tag);
    if (known !== undefined) {
      known.repeat();
      return;
    }
    const { core, options } = this;
    const wanted = this.state === 'calling' || this.state === 'proceeding';
    const dialog = Dialog.asCaller(response, {
      local: this.parts.identity.local,
      target: options.target,
      sequence: this.sequence,
      // A flow that was asked for reaches the peer itself; otherwise its Contact says where it is.
      flow: options.flow === undefined && this.sending?.flow?.reliable !== true ? undefined : this.sending?.flow,
    });
    const { sequence } = this;
    const { authorized } = this.parts;
    const acknowledgement = new Acknowledgement(core, dialog, { sequence, authorization: authorized.lines });
    this.acknowledged.set(tag, acknowledgement);
    const sdp = sessionDescription(response);
    const session = new Session(core, dialog, {
      role: 'caller',
      contactUser: options.contactUser,
      spaces: authorized.spaces,
      timerOptions: this.timerOptions,
    });
    session.acknowledgement = acknowledgement;
    if (!wanted) {
      // A fork that answered too late, or a 200 that crossed our CANCEL (§9.1, §13.2.2.4).
      acknowledgement.send();
      void session.bye({ reason: this.cancelReasons });
      if (this.state === 'cancelling') this.reject(this.failure ?? cancelledFailure());
      return;
    }
    session.learn(response);
    session.localSdp = options.sdp;
    session.remoteSdp = sdp;
    session.startTimer(agreedByResponse(response));
    // An offer in the 200 wants its answer in the ACK: the caller brings it.
    if (options.sdp !== undefined || sdp === undefined) acknowledgement.send();
    this.state = 'accepted';
    this.finish();
    this.handlers.accepted?.(session, response, sdp);
  }

  private receiveFailure(response: SipResponse): void {
    if (this.state === 'accepted' || this.state === 'rejected') return;
    if (this.state === 'cancelling' || this.repeats >= MAX_REPEATS) {
      this.refused(response);
      return;
    }
    if (response.status === 422) {
      this.decide(response, this.lengthens(response));
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
    this.send();
  }

  private refused(response: SipResponse): void {
    this.refusal = response;
    this.reject(this.failure ?? responseFailure(response));
  }

  /** RFC 4028 §7.3 */
  private lengthens(response: SipResponse): boolean {
    const minimum = minimumOf(response);
    if (minimum === undefined || minimum <= this.timerOptions.minimumSeconds) return false;
    const expiresSeconds = Math.max(this.timerOptions.expiresSeconds, minimum);
    this.timerOptions = { ...this.timerOptions, expiresSeconds, minimumSeconds: minimum };
    return true;
  }

  private sendCancel(): void {
    const invite = this.sending?.invite;
    if (this.cancelSent || invite === undefined) return;
    this.cancelSent = true;
    const reasons = this.cancelReasons.map((reason): HeaderLine => ['Reason', buildReason(reason)]);
    this.core.transactions.cancel(invite, reasons);
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
    if (this.timer !== undefined) this.core.clock.clearTimeout(this.timer);
    this.timer = this.core.clock.setTimeout(then, milliseconds);
  }

  private reject(failure: RequestFailure): void {
    if (this.state === 'accepted' || this.state === 'rejected') return;
    this.state = 'rejected';
    this.finish();
    this.handlers.rejected?.(failure);
  }

  private finish(): void {
    if (this.timer !== undefined) this.core.clock.clearTimeout(this.timer);
    this.timer = undefined;
    this.parts.done(this);
  }
}

function cancelledFailure(): RequestFailure {
  return { ok: false, status: 487, reason: 'Request Terminated', cause: 'ended' };
}
