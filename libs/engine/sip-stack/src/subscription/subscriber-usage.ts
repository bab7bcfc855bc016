import { parseSubscriptionState } from '@carillon/sip-message';
import type { EventHeader, HeaderLine } from '@carillon/sip-message';
import type { RequestFailure } from '../api/request-outcome.js';
import type { IncomingNotify } from '../api/subscription.js';
import type { ProtectionSpaces } from '../authentication/protection-spaces.js';
import type { TimerHandle } from '../clock.js';
import type { Dialog } from '../dialog/dialog.js';
import { refreshDelaySeconds } from '../registration/retry-delay.js';
import { failureEffect } from '../dialog/failure-effect.js';
import { sendInDialog } from '../session/send-in-dialog.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';
import { minimumExpires } from './minimum-expires.js';
import { ReceivedNotify } from './received-notify.js';
import type { SubscriptionUsage } from './subscription-layer.js';

/** How one dialog's subscription ended. */
export type SubscriberEnd =
  | { readonly kind: 'terminated'; readonly reason: string | undefined; readonly retryAfter: number | undefined }
  | { readonly kind: 'expired' }
  /** A refresh brought no NOTIFY (RFC 6665 §4.1.2.2). */
  | { readonly kind: 'silent' }
  | { readonly kind: 'lost'; readonly failure: RequestFailure };

export interface SubscriberParts {
  readonly matches: (event: EventHeader) => boolean;
  /** Value of Event in our SUBSCRIBEs. */
  readonly event: () => string;
  /** Extra header fields of our SUBSCRIBEs, e.g. Accept. */
  readonly headers: readonly HeaderLine[];
  readonly contactUser: string | undefined;
  readonly spaces: ProtectionSpaces | undefined;
  /** Asked for at each refresh, seconds. */
  readonly expires: number;
  /** A peer that refuses the refresh may still send what it has until the time runs out: so do many with REFER. */
  readonly survivesRefusal: boolean;
  /** Whether it is still worth refreshing; else it ends with its time. Always where left out. */
  readonly mayRefresh?: () => boolean;
  readonly notified: (notify: IncomingNotify) => void;
  readonly ended: (end: SubscriberEnd) => void;
}

/** Refresh requests sent in a row because of 423. */
const MAX_REPAIRS = 3;
/** Shortest wait before a refresh that failed for a while is tried again, seconds. */
const SHORTEST_RETRY_SECONDS = 5;

/**
 * The subscriber's side of a subscription in one dialog (RFC 6665 §4.1).
 *
 * ```text
 * active --NOTIFY terminated, time out, refresh refused--> terminated
 *    `--unsubscribe--> leaving --NOTIFY terminated, 64*T1--^
 * ```
 */
export class SubscriberUsage implements SubscriptionUsage {
  readonly role = 'subscriber';
  state: 'active' | 'leaving' | 'terminated' = 'active';
  private expires: number;
  private expiresAt = 0;
  private repairs = 0;
  private refreshTimer: TimerHandle | undefined;
  private endTimer: TimerHandle | undefined;
  private timerN: TimerHandle | undefined;
  private settle: (() => void) | undefined;
  private left: Promise<void> | undefined;

  constructor(
    private readonly core: Core,
    readonly dialog: Dialog,
    private readonly parts: SubscriberParts,
  ) {
    this.expires = parts.expires;
    core.subscriptions.add(dialog, this);
  }

  matches(event: EventHeader): boolean {
    return this.parts.matches(event);
  }

  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (!this.dialog.admitSequence(request)) {
      transaction.respond(500, { reason: 'CSeq out of order' });
      return;
    }
    const state = parseSubscriptionState(request.header('Subscription-State') ?? '');
    if (state === undefined) {
      transaction.respond(400, { reason: 'Bad Subscription-State' });
      return;
    }
    this.dialog.refreshTarget(request, transaction.source);
    this.stopTimerN();
    this.tell(new ReceivedNotify(this.core, transaction, state), transaction);
    if (this.state === 'terminated') return;
    if (state.state === 'terminated') {
      this.finish({ kind: 'terminated', reason: state.reason, retryAfter: state.retryAfter });
    } else if (this.state === 'active') {
      if (state.expires !== undefined) this.runUntil(state.expires);
      // RFC 6665 §4.1.3 only recommends the parameter; without it what was asked for counts, and it has an end.
      else if (this.endTimer === undefined) this.runUntil(this.expires);
    }
  }

  /** Asks again now; called by itself before the time runs out. */
  async refresh(): Promise<void> {
    if (this.state !== 'active') return;
    this.stopRefresh();
    this.stopTimerN();
    const { clock, timers } = this.core;
    this.timerN = clock.setTimeout(() => this.finish({ kind: 'silent' }), 64 * timers.t1);
    const outcome = await this.subscribe(this.expires);
    if (this.state !== 'active') return;
    if (outcome.ok) {
      this.repairs = 0;
      // Nothing to notify (RFC 5839 §5.4).
      if (outcome.status === 204) this.stopTimerN();
      this.runUntil(outcome.response.expires ?? this.expires);
      return;
    }
    this.stopTimerN();
    const minimum = minimumExpires(outcome, this.expires);
    if (minimum !== undefined && this.repairs < MAX_REPAIRS) {
      this.repairs += 1;
      this.expires = minimum;
      await this.refresh();
      return;
    }
    const lost =
      outcome.response === undefined || failureEffect('SUBSCRIBE', outcome.response.status) !== 'transaction';
    if (lost && !this.parts.survivesRefusal) this.finish({ kind: 'lost', failure: outcome });
    // Any other failure leaves the time that was granted before (RFC 6665 §4.1.2.2).
    else if (!lost) this.armRefresh(Math.max(SHORTEST_RETRY_SECONDS, (this.expiresAt - this.core.clock.now()) / 2000));
  }

  /** Leaves: Expires 0, then the last NOTIFY or 64*T1 (§4.1.2.3). */
  unsubscribe(): Promise<void> {
    this.left ??= this.leave();
    return this.left;
  }

  close(): Promise<unknown> {
    return this.unsubscribe();
  }

  /** The time that the notifier granted, from now. */
  runUntil(seconds: number): void {
    const { clock } = this.core;
    this.stopTimers();
    this.expiresAt = clock.now() + seconds * 1000;
    this.endTimer = clock.setTimeout(() => this.finish({ kind: 'expired' }), seconds * 1000);
    if (seconds > 0) this.armRefresh(refreshDelaySeconds(seconds));
  }

  /** Ends here without a word: the request that was to make it was refused. */
  discard(): void {
    if (this.state === 'terminated') return;
    this.state = 'terminated';
    this.stopTimers();
    this.stopTimerN();
    this.core.subscriptions.remove(this.dialog, this);
    this.settle?.();
  }

  private async leave(): Promise<void> {
    if (this.state !== 'active') return;
    this.state = 'leaving';
    this.stopTimers();
    this.stopTimerN();
    const last = new Promise<void>((resolve) => {
      this.settle = resolve;
    });
    const outcome = await this.subscribe(0);
    const { clock, timers } = this.core;
    // The last NOTIFY may have come before the answer.
    if (this.isOver()) return;
    if (!outcome.ok) this.finish({ kind: 'lost', failure: outcome });
    else this.endTimer = clock.setTimeout(() => this.finish({ kind: 'expired' }), 64 * timers.t1);
    await last;
  }

  private isOver(): boolean {
    return this.state === 'terminated';
  }

  private subscribe(expires: number): ReturnType<typeof sendInDialog> {
    const { event, headers, contactUser, spaces } = this.parts;
    return sendInDialog(this.core, this.dialog, {
      method: 'SUBSCRIBE',
      headers: [['Event', event()], ['Expires', String(expires)], ...headers],
      contactUser,
      spaces,
    });
  }

  private tell(notify: ReceivedNotify, transaction: ServerTransaction): void {
    try {
      this.parts.notified(notify);
      if (!notify.answered) notify.reply(200);
    } catch (error) {
      const details = { callId: this.dialog.id.callId, error: error instanceof Error ? error.stack : String(error) };
      this.core.logger.error(details, 'NOTIFY handler failed');
      if (!transaction.answered) transaction.respond(500);
    }
  }

  private finish(end: SubscriberEnd): void {
    if (this.state === 'terminated') return;
    this.discard();
    this.parts.ended(end);
  }

  private armRefresh(seconds: number): void {
    this.refreshTimer = this.core.clock.setTimeout(() => {
      if (this.parts.mayRefresh?.() !== false) void this.refresh();
    }, seconds * 1000);
  }

  private stopRefresh(): void {
    if (this.refreshTimer !== undefined) this.core.clock.clearTimeout(this.refreshTimer);
    this.refreshTimer = undefined;
  }

  private stopTimerN(): void {
    if (this.timerN !== undefined) this.core.clock.clearTimeout(this.timerN);
    this.timerN = undefined;
  }

  private stopTimers(): void {
    this.stopRefresh();
    if (this.endTimer !== undefined) this.core.clock.clearTimeout(this.endTimer);
    this.endTimer = undefined;
  }
}
