import type { HeaderLine, SipRequest, SipResponse } from '@carillon/sip-message';
import { reasonPhrase } from '@carillon/sip-message';
import type { ProxiedRequest, ProxyOutcome, ProxyPlan, ProxyTarget, UnfinishedProxied } from '../api/routed-request.js';
import type { TimerHandle } from '../clock.js';
import { COMPLETED_ELSEWHERE } from '../completed-elsewhere.js';
import { reasonLines } from '../session/reason-lines.js';
import { copyReceived, copySent } from '../transaction/copy-invite.js';
import type { ServerMachine } from '../transaction/server-machine.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import { chooseResponse } from './choose-response.js';
import { copyResponse } from './copy-response.js';
import type { ForwardParts, PreparedRequest } from './forward-request.js';
import { forwardRequest } from './forward-request.js';
import { LateAnswers } from './late-answers.js';
import { ProxyBranch } from './proxy-branch.js';
import type { BranchContext, BranchOwner } from './proxy-branch.js';
import { agreedInterval, answerInterval, type AskedInterval } from './session-interval.js';
import { TargetSet } from './target-set.js';

/** Why the losers of a fork are called off (RFC 3326 §2). */
const ELSEWHERE: readonly HeaderLine[] = reasonLines([COMPLETED_ELSEWHERE]);
const REFUSED: readonly HeaderLine[] = [['Reason', 'SIP;cause=603;text="Decline"']];
const RANG_OUT: readonly HeaderLine[] = [['Reason', 'SIP;cause=408;text="Request Timeout"']];

/** A final response, or a status where there is none, and whose it is. */
interface Final {
  readonly status: number;
  readonly response: SipResponse | undefined;
  readonly target: ProxyTarget | undefined;
  readonly branch?: ProxyBranch;
}

/** What a context needs from its proxy. */
export interface ContextParts extends ForwardParts {
  readonly finished: (context: ResponseContext) => void;
  /** We are the user agent after all. */
  readonly toUserAgent: (transaction: ServerTransaction) => void;
}

/**
 * The response context of one request (RFC 3261 §16.2): starts branches group by group, sends back what must go back
 * at once, and chooses among the rest (§16.7).
 *
 * ```text
 * searching --2xx--> answered      (all other branches cancelled; each further 2xx to INVITE goes back too)
 *     |  |----6xx--> all others cancelled, no new ones; then the best response
 *     |  |-CANCEL--> the same, with the caller's reasons; 487 after T1 where branches are still silent then
 *     |  `-rung out-> the branches are cancelled; then the next group
 *     `--all branches done or given up, and no target left--> best response, or the user agent takes over
 * ```
 *
 * A branch that was silent all the time it might ring is given up with that time, one that does not answer its CANCEL within
 * T1: it counts as 408 (§16.8). It is cancelled as soon as it speaks (§9.1); a 2xx that it brings all the same goes back where
 * nothing else has, or has refused the caller; where we answer the caller ourselves, who sent it is hung up on.
 */
export class ResponseContext implements BranchOwner, ProxiedRequest {
  begun = 0;
  private readonly machine: ServerMachine;
  /** Let go when the final response is out: retransmitted 2xx need the machine alone. */
  private live: { transaction: ServerTransaction; prepared: PreparedRequest; plan: ProxyPlan } | undefined;
  private branches: ProxyBranch[] = [];
  private collected: Final[] = [];
  private readonly targets: TargetSet;
  private readonly isInvite: boolean;
  private readonly branchContext: BranchContext;
  /** Kept for 2xx that come again. */
  private readonly asked: AskedInterval | undefined;
  private ringTimer: TimerHandle | undefined;
  /** What was cancelled has so long to answer. */
  private graceTimer: TimerHandle | undefined;
  private cancelled = false;
  private stopped = false;
  /** A final response other than 2xx has gone back: a 2xx that comes still goes past the transaction (§16.7 items 5, 9). */
  private refused = false;
  /** The user agent answers: what branches still bring does not go back. */
  private late: LateAnswers | undefined;

  constructor(
    private readonly parts: ContextParts,
    request: { transaction: ServerTransaction; prepared: PreparedRequest; plan: ProxyPlan },
  ) {
    const { transaction, prepared, plan } = request;
    this.asked = prepared.asked;
    this.live = request;
    this.machine = transaction.machine;
    this.isInvite = transaction.isInvite;
    this.targets = new TargetSet(plan.targets, plan.sequential === true);
    const { clock, timers, transactions } = parts.core;
    // §16.6 item 11: more than three minutes.
    const timerC = Math.max(plan.timerCMilliseconds ?? 0, timers.timerC) + 1;
    this.branchContext = { clock, transactions, t1: timers.t1, timerC, isInvite: this.isInvite };
    transaction.onCancelled = (cancel) => this.cancel(cancel);
  }

  unfinished(): UnfinishedProxied[] {
    const { live } = this;
    if (live === undefined || !this.isInvite) return [];
    const called = this.branches.flatMap(({ done, sending, target }) => {
      const open = done || sending?.invite === undefined ? undefined : copySent(sending.invite);
      return open === undefined ? [] : [{ open, target }];
    });
    return [{ open: copyReceived(live.transaction), target: undefined }, ...called];
  }

  start(): void {
    this.live?.plan.onBegun?.(this);
    if (this.targets.empty) this.finish({ status: 480, response: undefined, target: undefined });
    else this.startGroup();
  }

  forward(response: SipResponse, branch: ProxyBranch): void {
    const { live } = this;
    const { status } = response;
    if (status < 200) {
      // RFC 4320 §4.1: nothing provisional goes back to a request other than INVITE.
      if (live === undefined || !this.isInvite) return;
      this.send(response);
      live.plan.onProgress?.(response);
    } else if (live !== undefined) {
      this.stop(this.isInvite ? ELSEWHERE : []);
      this.send(response, answerInterval(this.asked, response));
      this.told({ status, response, target: branch.target });
    } else if (this.isInvite) {
      if (this.late === undefined) this.send(response, answerInterval(this.asked, response));
      else this.late.take(response, branch);
    }
  }

  collect(final: SipResponse | 408 | 503, branch: ProxyBranch): void {
    const { live } = this;
    if (live === undefined) return;
    if (branch.givenUp) {
      // It counts as 408 already; what it says after all is more.
      if (typeof final === 'number') return;
      this.collected = this.collected.filter((one) => one.branch !== branch);
    }
    // §16.8: a branch that we called off because nobody answered counts as one that was silent.
    const silent = branch.rungOut && typeof final !== 'number' && final.status === 487;
    const status = typeof final === 'number' ? final : silent ? 408 : final.status;
    const response = typeof final === 'number' || silent ? undefined : final;
    const recursed = response !== undefined && status < 400 && !this.stopped && this.recurse(response, live.plan);
    if (!recursed) this.collected.push({ status, response, target: branch.target, branch });
    if (status >= 600) {
      this.stop(REFUSED);
      this.startGrace(() => this.giveUp());
    }
    this.advance();
  }

  /** The caller's CANCEL: its 200 is sent already (§16.10). */
  private cancel(cancel: SipRequest): void {
    if (this.live === undefined) return;
    this.cancelled = true;
    this.stop(cancel.headers('Reason').map((value): HeaderLine => ['Reason', value]));
    this.advance();
    if (this.live === undefined) return;
    // A branch that has said nothing yet gets its CANCEL only once it does (§9.1), and one that rang may have died: neither
    // keeps the caller waiting. We answer as the user agent server that we are towards it (§9.2); a 2xx still goes back.
    this.startGrace(() => this.finish({ status: 487, response: undefined, target: undefined }));
  }

  /** Ends without a word, for closing down. */
  close(): void {
    for (const branch of this.branches) branch.close();
    this.clearTimers();
    this.live = undefined;
  }

  private recurse(redirect: SipResponse, plan: ProxyPlan): boolean {
    const targets = plan.recurse?.(redirect);
    return targets !== undefined && this.targets.add(targets) > 0;
  }

  /** No new branches; those that run are cancelled. */
  private stop(reasons: readonly HeaderLine[]): void {
    this.stopped = true;
    this.targets.clear();
    this.clearRingTimer();
    for (const branch of this.branches) branch.cancel(reasons);
  }

  /** Nobody answered in time. */
  private ringOut(): void {
    for (const branch of this.branches) {
      if (!branch.open) continue;
      branch.rungOut = true;
      branch.cancel(RANG_OUT);
    }
    this.startGrace(() => this.giveUp());
    this.giveUp(({ silent }) => silent);
  }

  /** They keep nobody waiting any more. */
  private giveUp(which: (branch: ProxyBranch) => boolean = () => true): void {
    for (const branch of this.branches) {
      if (!branch.open || !which(branch)) continue;
      branch.givenUp = true;
      this.collected.push({ status: 408, response: undefined, target: branch.target, branch });
    }
    this.advance();
  }

  private startGrace(then: () => void): void {
    const { clock, timers } = this.parts.core;
    this.clearGraceTimer();
    this.graceTimer = clock.setTimeout(then, timers.t1);
  }

  private advance(): void {
    if (this.live === undefined || this.branches.some(({ open }) => open)) return;
    if (!this.stopped && !this.targets.empty) this.startGroup();
    else this.finishWithBest();
  }

  private startGroup(): void {
    const { live } = this;
    if (live === undefined) return;
    const breadth = live.prepared.maxBreadth;
    const group = this.targets.next(breadth);
    const share = Math.max(1, Math.floor(breadth / group.length));
    const branches = group.map((target) => new ProxyBranch(target, this.branchContext, this));
    // Of those before only what was given up is still there.
    this.branches = [...this.branches.filter(({ done }) => !done), ...branches];
    this.clearTimers();
    for (const branch of branches) {
      this.begun += 1;
      branch.sending = forwardRequest(this.parts, live, { branch, maxBreadth: share });
    }
    const { ringMilliseconds } = live.plan;
    if (ringMilliseconds === undefined || !this.isInvite) return;
    this.ringTimer = this.parts.core.clock.setTimeout(() => this.ringOut(), ringMilliseconds);
  }

  private finishWithBest(): void {
    const best = chooseResponse(this.collected);
    if (best === undefined) {
      this.finish({ status: this.cancelled ? 487 : 480, response: undefined, target: undefined });
      return;
    }
    // §16.7 item 6: a 503 speaks of one way, not of us.
    if (best.status === 503) this.finish({ ...best, status: 500, response: undefined });
    else this.finish(best);
  }

  private finish(final: Final): void {
    const { live } = this;
    if (live === undefined) return;
    // The caller that gave up is told so, whatever became of the branches.
    const status = this.cancelled && final.response === undefined ? 487 : final.status;
    if (this.isTakenOver({ ...final, status })) return;
    if (final.response !== undefined) this.send(final.response, this.challenges(final.response));
    else if (status === 408 && !this.isInvite) {
      // RFC 4320 §4.2: nobody waits for this any more.
      this.machine.terminate();
      this.told({ ...final, status: 0 });
      return;
    } else live.transaction.respond(status);
    this.refused = true;
    this.told({ ...final, status });
  }

  private isTakenOver(final: Final): boolean {
    const { live } = this;
    if (live?.plan.takeOver === undefined || this.cancelled) return false;
    if (!live.plan.takeOver(this.outcomeOf(final))) return false;
    this.late = new LateAnswers(this.parts, live.prepared.request);
    this.release();
    this.parts.toUserAgent(live.transaction);
    return true;
  }

  /** §16.7 item 7: the challenges of all branches, so that the caller can answer them all. */
  private challenges(best: SipResponse): HeaderLine[] {
    if (best.status !== 401 && best.status !== 407) return [];
    return this.collected.flatMap(({ status, response }) =>
      response === undefined || response === best || (status !== 401 && status !== 407)
        ? []
        : (['WWW-Authenticate', 'Proxy-Authenticate'] as const).flatMap((name) =>
            response.headers(name).map((value): HeaderLine => [name, value]),
          ),
    );
  }

  private send(response: SipResponse, add?: readonly HeaderLine[]): void {
    const bytes = copyResponse(response, add);
    if (bytes !== undefined && this.refused && response.status < 300) this.machine.sendBeside(bytes);
    else if (bytes !== undefined) this.machine.respond(response.status, bytes);
    // It carried no Via of the caller: whoever sent it does not follow the rules.
    else if (response.status >= 200) this.live?.transaction.respond(502);
  }

  private told(final: Final): void {
    const { live } = this;
    if (live === undefined) return;
    this.release();
    live.plan.onFinal?.(this.outcomeOf(final));
  }

  private release(): void {
    if (this.live !== undefined) this.live.transaction.onCancelled = undefined;
    this.live = undefined;
    this.collected = [];
    this.clearTimers();
    this.parts.finished(this);
  }

  private outcomeOf({ status, response, target }: Final): ProxyOutcome {
    const reason = response?.reason ?? (status === 0 ? '' : reasonPhrase(status));
    const outcome = { status, reason, response, target, cancelled: this.cancelled };
    if (response === undefined || status >= 300) return outcome;
    const sessionSeconds = agreedInterval(this.asked, response);
    return sessionSeconds === undefined ? outcome : { ...outcome, sessionSeconds };
  }

  private clearTimers(): void {
    this.clearRingTimer();
    this.clearGraceTimer();
  }

  private clearGraceTimer(): void {
    if (this.graceTimer !== undefined) this.parts.core.clock.clearTimeout(this.graceTimer);
    this.graceTimer = undefined;
  }

  private clearRingTimer(): void {
    if (this.ringTimer !== undefined) this.parts.core.clock.clearTimeout(this.ringTimer);
    this.ringTimer = undefined;
  }
}
