import type { Party } from '@carillon/contracts';
import { reasonPhrase, type SipResponse } from '@carillon/sip-message';
import {
  isSipsUri,
  type IncomingRefer,
  type InviteProgress,
  type InviteSession,
  type RequestFailure,
} from '@carillon/sip-stack';
import { profileOf, type DeviceId, type DeviceQuirks } from '@carillon/domain';
import type { Attempt } from '../attempt.js';
import {
  failureOfStatus,
  failureOfTrunk,
  isRedirection,
  sipsRequired,
  NO_ANSWER,
  statusOfCode,
  worstCommonFailure,
  type CallFailure,
} from '../call-failure.js';
import type { Call, Ringing } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { remarks } from '../../ladder/remarks.js';
import {
  learnFromResponse,
  passPolicyOf,
  progressHeaders,
  redirectionHeaders,
  refusalHeaders,
} from '../headers/leg-headers.js';
import { passHeaders } from '../headers/pass-headers.js';
import type { Presented } from '../identity/present-party.js';
import { isAnonymous } from '../identity/privacy.js';
import type { Remark } from '../../ladder/entry-log.js';
import { Leg } from '../leg.js';
import { EarlyMedia } from './early-media.js';
import { COMPLETED_ELSEWHERE, endLeg, notAcceptable, type LegEnd } from './end-leg.js';
import { FirstAnswerTime } from './first-answer-time.js';
import { inviteLeg, type LegListener } from './invite-leg.js';
import type { LegWay } from './leg-way.js';
import { ownNumbers, redirectionNumbers, type Redirection } from './redirection.js';
import { ringLedLeg } from './ring-led-leg.js';

export type ForkResult =
  | { readonly kind: 'answered'; readonly leg: Leg }
  | { readonly kind: 'failed'; readonly failure: CallFailure }
  /** The phone sends the call on (RFC 3261 §8.1.3.4). */
  | { readonly kind: 'redirected'; readonly redirection: Redirection; readonly failure: CallFailure }
  /** The call ended, or is led elsewhere. */
  | { readonly kind: 'given-up' };

export interface ForkTarget {
  readonly party: Party;
  readonly deviceId: DeviceId | null;
  readonly way: LegWay;
}

export interface ForkOptions {
  readonly targets: readonly ForkTarget[];
  /** Of users that cannot be rung at all: they count when nobody answers. */
  readonly failures: readonly CallFailure[];
  readonly seconds: number;
  /** Nothing at all heard within this fails it; undefined waits for Timer B (RFC 3261 §17.1.1.2). */
  readonly firstAnswerSeconds?: number;
  readonly role: 'caller' | 'callee';
  /** Whom the phones show. */
  readonly shown: Presented;
  readonly attempt: Attempt;
}

const GIVEN_UP: ForkResult = { kind: 'given-up' };

/**
 * Rings devices all at once; the first to answer wins and the others are told so (RFC 3326).
 * A 6xx speaks for the whole user (RFC 3261 §16.7 item 5), not for the other members of a group.
 */
export class Fork implements Ringing, LegListener {
  private readonly branches: Leg[] = [];
  private readonly failures: CallFailure[];
  private readonly rang = new Set<Leg>();
  private result: ForkResult | undefined;
  private resolve: (result: ForkResult) => void = () => undefined;
  private stopTimer: () => void = () => undefined;
  private readonly firstAnswer: FirstAnswerTime;
  private ringing = false;

  constructor(
    private readonly parts: CallParts,
    private readonly call: Call,
    private readonly options: ForkOptions,
  ) {
    this.failures = [...options.failures];
    this.firstAnswer = new FirstAnswerTime(parts.clock, options.firstAnswerSeconds, () => this.leaveSilent());
  }

  run(): Promise<ForkResult> {
    const { targets, seconds, attempt } = this.options;
    if (attempt.givenUp) {
      this.result = GIVEN_UP;
      return Promise.resolve(GIVEN_UP);
    }
    const finished = new Promise<ForkResult>((resolve) => {
      this.resolve = resolve;
    });
    this.stopTimer = this.parts.clock.after(seconds * 1000, () => this.timeOut());
    this.firstAnswer.begin();
    attempt.onGivenUp(() => this.settle(GIVEN_UP, { reason: 'Cancelled', sipStatus: 487 }));
    this.call.ringing = this;
    for (const target of targets) this.addBranch(target);
    this.parts.calls.updated(this.call);
    if (targets.length > 0) this.call.early?.goOn();
    if (targets.length > 0) this.note(remarks.forked(targets.map(nameOfTarget), seconds));
    for (const [index, target] of targets.entries()) {
      const leg = this.branches[index];
      if (leg !== undefined) this.ring(leg, target);
    }
    this.settleIfNobodyIsLeft();
    return finished;
  }

  has(leg: Leg): boolean {
    return this.result === undefined && this.options.role === 'callee' && this.branches.includes(leg);
  }

  pickUp(leg: Leg): boolean {
    if (this.options.role !== 'callee') return false;
    this.note(remarks.answered(leg.legId, leg.party.name ?? leg.party.number));
    const result: ForkResult = { kind: 'answered', leg };
    if (!this.claim(result, COMPLETED_ELSEWHERE)) return false;
    this.finish(result);
    return true;
  }

  timeAnew(): void {
    if (this.result === undefined) this.firstAnswer.begin();
  }

  progressed(
    leg: Leg,
    response: SipResponse,
    { sdp, about }: { sdp: string | undefined; about: InviteProgress },
  ): void {
    if (about.dialog !== undefined && about.dialog !== leg.early) {
      about.dialog.on('refer', (refer) => this.deflected(leg, refer));
      leg.early = about.dialog;
    }
    if (this.result !== undefined || !leg.live) return;
    this.rang.add(leg);
    learnFromResponse(leg, response);
    const changed = leg.apply('ring');
    if (this.options.role === 'callee') {
      this.call.apply('ring', this.parts.clock.now());
      if (!this.ringing) this.tellRinging(leg, response);
      this.ringing = true;
      if (sdp !== undefined) (this.call.early ??= new EarlyMedia(this.parts, this.call)).hear(leg, sdp);
    }
    leg.sipStatus = response.status;
    if (changed) this.parts.calls.updated(this.call);
  }

  accepted(
    leg: Leg,
    response: SipResponse,
    { session, sdp }: { session: InviteSession; sdp: string | undefined },
  ): void {
    leg.session = session;
    if (this.result !== undefined || !leg.live) {
      // Crossed our CANCEL: the stack has acknowledged it, and it ends at once.
      void session.bye({ reason: COMPLETED_ELSEWHERE.cause ?? [] });
      return;
    }
    leg.sipStatus = 200;
    learnFromResponse(leg, response);
    leg.answerHeaders = passHeaders(response, 'answer', passPolicyOf(this.call, leg));
    leg.apply('answer');
    for (const behave of this.parts.behaviours) behave(this.parts, this.call, leg, session);
    this.note(remarks.answered(leg.legId, leg.party.name ?? leg.party.number));
    this.claim({ kind: 'answered', leg }, COMPLETED_ELSEWHERE);
    this.agree(leg, sdp).then(
      (result) => this.finish(result),
      (error: unknown) => {
        this.parts.logger.error({ error, callId: this.call.callId }, 'Cannot take the answer of a phone');
        this.finish({ kind: 'failed', failure: failureOfStatus(500, false) });
      },
    );
  }

  rejected(leg: Leg, failure: RequestFailure): void {
    const reason = failure.response?.reason ?? failure.reason;
    leg.reason ??= reason === '' ? reasonPhrase(failure.status) : reason;
    leg.sipStatus = failure.status;
    // What we cancelled ourselves is refused with 487, which is no news.
    if (leg.live) this.note(remarks.failed(leg.legId, { ...failure, reason: leg.reason }));
    if (failure.status >= 600) {
      const others = this.branches.filter((other) => other !== leg && other.party.userId === leg.party.userId);
      for (const other of others) void endLeg(this.parts, other, { reason: 'Declined elsewhere' });
    }
    if (this.redirected(leg, failure)) return;
    const meaning = leg.trunk === undefined ? failureOfStatus : failureOfTrunk;
    const told = failure.response === undefined ? this.toldOfWay(leg, failure) : this.toldBy(leg, failure.response);
    const isUnheard = failure.cause !== 'response';
    this.fail(leg, { ...meaning(failure.status, this.rang.has(leg)), ...told, isUnheard });
  }

  /** Of its refusal, what the caller hears beside the status. */
  private toldBy(leg: Leg, response: SipResponse): Pick<CallFailure, 'headers'> {
    const isSentOn = leg.trunk !== undefined && isRedirection(response.status);
    return { headers: (isSentOn ? redirectionHeaders : refusalHeaders)(this.call, leg, response) };
  }

  /** A plain call goes to a `sips:` contact over TLS alone; where that cannot be made, the caller is told what it takes. */
  private toldOfWay(leg: Leg, { cause }: RequestFailure): Partial<CallFailure> {
    const { call } = this;
    const way = this.options.targets[this.branches.indexOf(leg)]?.way;
    const needsTls = way?.kind === 'device' && isSipsUri(way.binding.contactUri);
    return needsTls && cause === 'transport' && !call.secure ? sipsRequired(call.domain) : {};
  }

  private addBranch({ party, deviceId }: ForkTarget): void {
    const leg = new Leg(this.options.role, party, deviceId, { kind: 'outgoing', invite: undefined });
    this.branches.push(leg);
    this.call.legs.push(leg);
  }

  private ring(leg: Leg, { way }: ForkTarget): void {
    const { shown, firstAnswerSeconds } = this.options;
    inviteLeg(this.parts, this.call, leg, { way, shown, listener: this, firstAnswerSeconds }).then(
      (outcome) => {
        if (outcome.ok || !leg.live) return;
        this.note(remarks.unreachable(leg.legId, outcome.code));
        const sipStatus = statusOfCode(outcome.code);
        this.fail(leg, { kind: 'unreachable', sipStatus, reason: outcome.code, isUnheard: true });
      },
      (error: unknown) => {
        this.parts.logger.error({ error, callId: this.call.callId }, 'Cannot call a device');
        this.fail(leg, failureOfStatus(500, false));
      },
    );
  }

  private tellRinging(leg: Leg, response: SipResponse): void {
    const { led } = this.call;
    const alone = this.branches.every(({ party }) => party.number === leg.party.number);
    const headers = led === undefined ? {} : progressHeaders(this.call, led, { leg, response, alone });
    ringLedLeg(this.parts, this.call, headers);
    // RFC 5589 §6.1: who transferred hears that it rings.
    void this.call.referral?.notify(180);
  }

  /** The winner's media, before anyone is connected with it. */
  private async agree(leg: Leg, sdp: string | undefined): Promise<ForkResult> {
    const outcome = await this.parts.media.acceptAnswer(leg, sdp);
    if (outcome.ok) return { kind: 'answered', leg };
    const why = outcome.detail ?? outcome.code;
    this.note(remarks.mediaRefused(leg.legId, why));
    void endLeg(this.parts, leg, { reason: 'Media was not agreed', sipStatus: 488, cause: notAcceptable(why) });
    const failure: CallFailure = { kind: 'unreachable', sipStatus: 488, reason: outcome.code };
    return { kind: 'failed', failure };
  }

  private redirected(leg: Leg, { status, response }: RequestFailure): boolean {
    if (response === undefined || status >= 400 || status < 300 || !leg.live || !this.maySendOn(leg)) return false;
    const { ownHosts } = this.parts;
    const numbers = redirectionNumbers(response, this.call, { ownHosts, sips: this.sipsOf(leg) });
    if (numbers.length === 0) return false;
    const cause = this.rang.has(leg) ? 487 : 302;
    const redirection = { by: leg.party, hidden: isAnonymous(leg.presented.privacy), cause, numbers } as const;
    leg.apply('end');
    void this.parts.media.close(leg);
    const failure = failureOfStatus(480, this.rang.has(leg));
    this.settle({ kind: 'redirected', redirection, failure }, { reason: 'Sent on from another phone' });
    return true;
  }

  /** What the phone means by `sips:`. */
  private sipsOf(leg: Leg): DeviceQuirks['sips'] {
    const way = this.options.targets[this.branches.indexOf(leg)]?.way;
    const profiles = this.parts.directories.current(this.call.organisationId)?.deviceProfiles ?? [];
    return way?.kind === 'device' ? profileOf(way.binding, profiles).quirks.sips : 'every-hop';
  }

  /**
   * A phone that rings sends the call on by REFER in its early dialog (RFC 3515 §2.4.1, RFC 5589 §6): what it could say by
   * 302 as well.
   */
  private deflected(leg: Leg, refer: IncomingRefer): void {
    if (this.result !== undefined || !leg.live) {
      refer.reply(481);
      return;
    }
    if (!this.maySendOn(leg) || refer.replaces !== undefined || refer.referTo.method !== 'INVITE') {
      refer.reply(603);
      return;
    }
    const numbers = ownNumbers([refer.referTo.uri], this.call.domain, this.parts.ownHosts);
    if (numbers.length === 0) {
      refer.reply(404);
      return;
    }
    const hidden = isAnonymous(leg.presented.privacy);
    const redirection: Redirection = { by: leg.party, hidden, cause: 487, numbers, referral: refer.accept() };
    this.note(remarks.transferred(leg.legId, numbers.join(', ')));
    const failure = failureOfStatus(480, true);
    this.settle({ kind: 'redirected', redirection, failure }, { reason: 'Sent on' });
  }

  /** One person's phone speaks for them; one member of a group does not send the whole group's call elsewhere. */
  private maySendOn(leg: Leg): boolean {
    if (leg.trunk !== undefined || this.options.role !== 'callee') return false;
    return this.branches.every(({ party }) => party.userId === leg.party.userId);
  }

  private fail(leg: Leg, failure: CallFailure): void {
    leg.reason ??= failure.reason;
    leg.apply('end');
    void this.parts.media.close(leg);
    if (this.result !== undefined) return;
    this.failures.push(failure);
    this.parts.calls.updated(this.call);
    this.settleIfNobodyIsLeft();
    if (!this.isSettled) this.call.early?.gone(leg);
  }

  private get isSettled(): boolean {
    return this.result !== undefined;
  }

  private leaveSilent(): void {
    // Also where there is no INVITE yet, or not the next one: its name is still being looked up.
    const silent = this.branches.every(
      ({ origin }) => origin.kind === 'outgoing' && origin.invite?.state !== 'proceeding',
    );
    if (!silent) return;
    const reason = 'The trunk does not answer';
    const failure: CallFailure = { kind: 'unreachable', sipStatus: 408, reason, isUnheard: true };
    this.settle({ kind: 'failed', failure }, { reason: 'No answer', sipStatus: 408 });
  }

  private timeOut(): void {
    this.note(remarks.ringTimeout(this.options.seconds));
    this.settle({ kind: 'failed', failure: this.withSilence() }, { reason: 'No answer', sipStatus: 408 });
  }

  private withSilence(): CallFailure {
    return worstCommonFailure([...this.failures, NO_ANSWER]);
  }

  private settleIfNobodyIsLeft(): void {
    if (this.result !== undefined || this.branches.some((leg) => leg.live)) return;
    this.settle({ kind: 'failed', failure: worstCommonFailure(this.failures) }, { reason: 'No answer' });
  }

  private settle(result: ForkResult, forOthers: LegEnd): void {
    if (this.claim(result, forOthers)) this.finish(result);
  }

  /** Tells whoever rings these devices; nothing is waited for any more. */
  private finish(result: ForkResult): void {
    if (this.call.ringing === this) this.call.ringing = undefined;
    this.stopTimer();
    this.firstAnswer.stop();
    this.options.attempt.onGivenUp(undefined);
    this.resolve(result);
  }

  /** From here on the outcome is fixed, and every other branch ends. */
  private claim(result: ForkResult, forOthers: LegEnd): boolean {
    if (this.result !== undefined) return false;
    this.result = result;
    // Before the answer is taken: no description of an early dialog may come after it.
    this.call.early?.end();
    const winner = result.kind === 'answered' ? result.leg : undefined;
    for (const leg of this.branches) {
      if (leg === winner) continue;
      if (leg.live) this.note(remarks.cancelled(leg.legId, forOthers.reason));
      void endLeg(this.parts, leg, forOthers);
    }
    return true;
  }

  private note(remark: Remark): void {
    this.parts.ladders.note(this.call, remark);
  }
}

function nameOfTarget({ party, way }: ForkTarget): string {
  const name = party.name ?? party.number;
  return `${name} (${way.kind === 'trunk' ? way.trunk.name : way.binding.device.deviceName})`;
}
