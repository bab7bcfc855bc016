import { buildEvent, buildSubscriptionState } from '@carillon/sip-message';
import type { EventHeader, HeaderLine, NameAddress, SipRequest } from '@carillon/sip-message';
import type { SubscriptionCopy } from '../api/dialog-copy.js';
import type { DialogId } from '../api/invite-session.js';
import type {
  EventPackage,
  NotifierSubscription,
  NotifierSubscriptionEvents,
  NotifyContent,
  SubscriptionEndKind,
  TerminationReason,
} from '../api/notifier-subscription.js';
import type { Flow } from '../api/flow.js';
import type { RequestOutcome } from '../api/request-outcome.js';
import type { WayToPeer } from '../api/way-to-peer.js';
import type { TimerHandle } from '../clock.js';
import type { Dialog } from '../dialog/dialog.js';
import { callHandler } from '../call-handler.js';
import { headerLines } from '../header-lines.js';
import { endedFailure } from '../request-failure.js';
import { sendInDialog } from '../session/send-in-dialog.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';
import { serverLines } from '../user-agent/core.js';
import type { SendingRequest } from '../user-agent/request-sender.js';
import { grantExpires } from './grant-expires.js';
import { judgeNotifyFailure } from './judge-notify-failure.js';
import { NotifyQueue, type NotifySent } from './notify-queue.js';
import type { SubscriptionUsage } from './subscription-layer.js';

/** Who is heard of, and leaves so many NOTIFYs in a row without an answer, knows nothing of the subscription, and should say 481. */
const MOST_SILENT = 3;

export interface NotifierParts {
  readonly event: EventHeader;
  /** Granted at first, seconds. */
  readonly expires: number;
  /** Bounds for refreshes; the first grant is the longest when undefined. */
  readonly package: EventPackage | undefined;
  readonly contactUser: string | undefined;
  readonly pending?: boolean | undefined;
  /** Whether an Event belongs here, when it is not just package and id. */
  readonly matches?: (event: EventHeader) => boolean;
  /** The state that the subscriber says it has (RFC 5839 §5.3). */
  readonly suppressIfMatch?: string | undefined;
}

/**
 * The notifier's side of one subscription (RFC 6665 §4.2.1).
 *
 * ```text
 * pending --activate--> active --expiry, Expires: 0, terminate, NOTIFY failure--> terminated
 *    `-------------------------------------------------------------------------------^
 * ```
 */
export class Notifier implements NotifierSubscription, SubscriptionUsage {
  readonly role = 'notifier';
  state: NotifierSubscription['state'];
  expiresAt = 0;
  private timer: TimerHandle | undefined;
  private last: NotifyContent = {};
  private entityTag: string | undefined;
  private suppress: string | undefined;
  /** The subscriber has this state, or wants none (`*`), until it says otherwise or the state changes (RFC 5839 §6.3). */
  private condition: string | undefined;
  private readonly queue: NotifyQueue;
  private way: WayToPeer | undefined;
  /** While something is not confirmed: hears when the subscriber may be back. */
  private stopAwaiting: (() => void) | undefined;
  /** The NOTIFY that was sent last. */
  private sending: SendingRequest | undefined;
  /** Counts sendings of states: one that was given up for another has nothing to say. */
  private round = 0;
  /** How often the present state was refused for the moment. */
  private refusals = 0;
  /** How many NOTIFYs in a row ran into Timer F; between two of them the subscriber was heard of. */
  private silent = 0;
  private readonly handlers: Partial<NotifierSubscriptionEvents> = {};

  constructor(
    private readonly core: Core,
    private readonly dialog: Dialog,
    private readonly parts: NotifierParts,
  ) {
    this.state = parts.pending === true ? 'pending' : 'active';
    this.suppress = parts.suppressIfMatch;
    const interval = parts.package?.minimumIntervalMilliseconds ?? 0;
    this.queue = new NotifyQueue(core.clock, interval, (content) => this.sendState(content));
    core.subscriptions.add(dialog, this);
    this.grant(parts.expires);
  }

  get id(): DialogId {
    return this.dialog.id;
  }

  get event(): EventHeader {
    return this.parts.event;
  }

  get subscriber(): NameAddress {
    return this.dialog.remote;
  }

  get flow(): Flow | undefined {
    return this.dialog.flow;
  }

  get reachable(): boolean {
    return this.state !== 'terminated' && !this.queue.absent && this.hasWay;
  }

  reachBy(way: WayToPeer): void {
    this.way = way;
    this.dialog.reachBy(way);
  }

  matches(event: EventHeader): boolean {
    if (this.parts.matches !== undefined) return this.parts.matches(event);
    return event.package === this.event.package && event.id === this.event.id;
  }

  on<E extends keyof NotifierSubscriptionEvents>(event: E, handler: NotifierSubscriptionEvents[E]): this {
    this.handlers[event] = handler;
    return this;
  }

  copy(): SubscriptionCopy | undefined {
    if (this.state === 'terminated') return undefined;
    return {
      dialog: this.dialog.copy(),
      event: buildEvent(this.event),
      pending: this.state === 'pending',
      expiresAt: this.expiresAt,
      contactUser: this.parts.contactUser ?? null,
    };
  }

  notify(content: NotifyContent): Promise<RequestOutcome> {
    if (this.state === 'terminated') return Promise.resolve(endedFailure());
    this.last = content;
    // A fetch asks for nothing more than this one NOTIFY (§4.4.3).
    if (this.secondsLeft === 0) return this.finish('timeout', content, 'expired');
    if (this.condition === '*' || (this.condition !== undefined && this.condition === content.entityTag)) {
      return Promise.resolve({ ok: false, status: 204, reason: 'No Notification', cause: 'ended' });
    }
    this.condition = undefined;
    this.refusals = 0;
    return this.queue.push(content);
  }

  activate(): void {
    if (this.state === 'pending') this.state = 'active';
  }

  terminate(
    reason: TerminationReason,
    options: { contentType?: string; body?: string; retryAfterSeconds?: number } = {},
  ): Promise<RequestOutcome> {
    const { retryAfterSeconds, ...content } = options;
    const after = retryAfterSeconds === undefined ? '' : `;retry-after=${retryAfterSeconds}`;
    return this.finish(`${reason}${after}`, content, 'terminated');
  }

  /** SUBSCRIBE of this subscription: refresh or end. */
  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (!this.dialog.admitSequence(request)) {
      transaction.respond(500, { reason: 'CSeq out of order' });
      return;
    }
    if (this.state === 'terminated') {
      transaction.respond(481);
      return;
    }
    const { parts } = this;
    const bounds = parts.package ?? {
      defaultExpires: parts.expires,
      minimumExpires: 0,
      maximumExpires: Math.max(parts.expires, 1),
    };
    const grant = grantExpires(request.expires, bounds);
    if (!grant.ok) {
      transaction.respond(423, { headers: [['Min-Expires', String(grant.minimum)]] });
      return;
    }
    this.dialog.refreshTarget(request, transaction.source);
    const known = request.header('Suppress-If-Match')?.trim();
    const suppressed = known !== undefined && (known === '*' || known === this.entityTag);
    this.condition = suppressed ? known : undefined;
    this.answer(transaction, suppressed ? 204 : 200, grant.seconds);
    if (grant.seconds === 0) {
      if (suppressed) this.drop('unsubscribed');
      else void this.finish('timeout', undefined, 'unsubscribed');
      return;
    }
    this.grant(grant.seconds);
    // RFC 6665 §4.2.1.2: a refresh is told the state immediately, which the least interval between changes does not alter.
    this.queue.hurry();
    if (!suppressed) this.refreshed(request);
    // Whoever was not there is, and knows of the subscription; what another connection swallows goes at once (RFC 6665 §4.2.1.2).
    this.silent = 0;
    if (this.stopAwaiting !== undefined) this.heardOf();
    this.queue.resume();
  }

  close(): Promise<unknown> {
    return this.finish('deactivated', {}, 'closed');
  }

  /** Than the one by which the last NOTIFY went. */
  private get hasBetterWay(): boolean {
    const { flow } = this.dialog;
    return flow !== undefined && flow.id !== this.sending?.flow?.id;
  }

  /** Who was reached by a connection is not there without one. */
  private get hasWay(): boolean {
    return this.dialog.wayByConnection === undefined || this.dialog.flow !== undefined;
  }

  private get secondsLeft(): number {
    return Math.max(0, Math.round((this.expiresAt - this.core.clock.now()) / 1000));
  }

  private refreshed(request: SipRequest): void {
    if (this.handlers.refreshed === undefined) void this.notify(this.last);
    else callHandler(this.core.logger, 'refreshed', () => this.handlers.refreshed?.(request));
  }

  private answer(transaction: ServerTransaction, status: 200 | 204, granted: number): void {
    const flow = transaction.source;
    transaction.respond(status, {
      ...(status === 204 ? { reason: 'No Notification' } : {}),
      headers: [
        ['Contact', this.dialog.contact(this.core.transport.contactUri(flow.protocol, this.parts.contactUser, flow))],
        ['Expires', String(granted)],
        ...serverLines(this.core.capabilities, 'Server'),
      ],
    });
  }

  private grant(seconds: number): void {
    const { clock } = this.core;
    this.expiresAt = clock.now() + seconds * 1000;
    if (this.timer !== undefined) clock.clearTimeout(this.timer);
    // A fetch gets a moment for its NOTIFY, and goes by itself when none is sent.
    const wait = seconds === 0 ? 64 * this.core.timers.t1 : seconds * 1000;
    this.timer = clock.setTimeout(() => void this.finish('timeout', undefined, 'expired'), wait);
  }

  /** Last NOTIFY; when no content is given the handler of `ended` may bring it. */
  private async finish(
    reason: string,
    content: NotifyContent | undefined,
    kind: SubscriptionEndKind,
  ): Promise<RequestOutcome> {
    if (this.state === 'terminated') return endedFailure();
    this.stop();
    const last = this.tellEnded(kind);
    // It must not overtake the one before.
    await this.queue.answered;
    const outcome = await this.send(buildSubscriptionState({ state: 'terminated', reason }), content ?? last ?? {});
    this.core.subscriptions.remove(this.dialog, this);
    return outcome;
  }

  /** Over without a NOTIFY: the subscriber is gone, or has the state already. */
  private drop(kind: SubscriptionEndKind): void {
    if (this.state === 'terminated') return;
    this.stop();
    this.core.subscriptions.remove(this.dialog, this);
    this.tellEnded(kind);
  }

  private tellEnded(kind: SubscriptionEndKind): { contentType: string; body: string } | undefined {
    return callHandler(this.core.logger, 'ended', () => this.handlers.ended?.(kind)) ?? undefined;
  }

  private stop(): void {
    this.state = 'terminated';
    if (this.timer !== undefined) this.core.clock.clearTimeout(this.timer);
    this.awaitNobody();
    this.queue.stop();
  }

  private async sendState(content: NotifyContent): Promise<NotifySent> {
    const state = buildSubscriptionState({ state: this.state, expires: this.secondsLeft });
    this.stopAwaiting ??= this.way?.awaitAnother?.(() => this.heardOf());
    const round = (this.round += 1);
    const outcome = await this.send(state, content);
    // Given up for one by another way, whose outcome counts.
    if (round !== this.round || this.state === 'terminated') return { outcome };
    this.silent = !outcome.ok && outcome.cause === 'timeout' ? this.silent + 1 : 0;
    if (outcome.ok) {
      this.refusals = 0;
      this.awaitNobody();
      return { outcome };
    }
    const effect = judgeNotifyFailure(outcome, this.refusals);
    const isForgotten = this.way === undefined || this.silent >= MOST_SILENT;
    const isGone = effect.kind === 'lost' || (effect.kind === 'unheard' && isForgotten);
    if (isGone) {
      this.drop('lost');
      return { outcome };
    }
    this.tellUnheard();
    // RFC 6665 §4.2.2 would have it end, so that nothing more is sent to nobody. Nothing is, until the subscriber is heard of.
    if (effect.kind === 'unheard') return { outcome, again: this.hasBetterWay ? 0 : 'when-heard' };
    this.awaitNobody();
    if (effect.kind === 'kept') return { outcome };
    this.refusals += 1;
    return { outcome, again: effect.seconds };
  }

  /** The subscriber is there: again, or by a way that is not the one by which something is on its way. */
  private heardOf(): void {
    if (this.queue.absent) {
      if (this.hasWay) this.queue.resend();
      return;
    }
    if (!this.hasBetterWay) return;
    // What is dialling still is not needed any more.
    if (this.sending !== undefined) this.sending.abandoned = true;
    this.tellUnheard();
    this.queue.resend();
  }

  private tellUnheard(): void {
    callHandler(this.core.logger, 'unheard', () => this.handlers.unheard?.());
  }

  private awaitNobody(): void {
    this.stopAwaiting?.();
    this.stopAwaiting = undefined;
  }

  private bodyOf({ body }: NotifyContent): string | undefined {
    return typeof body === 'function' ? callHandler(this.core.logger, 'body', body) : body;
  }

  private send(state: string, content: NotifyContent): Promise<RequestOutcome> {
    const { entityTag, headers } = content;
    const { round } = this;
    if (entityTag !== undefined) this.entityTag = entityTag;
    // The subscriber has this state from before: the NOTIFY that makes the dialog goes without it (RFC 5839 §5.3).
    const has = this.suppress !== undefined && (this.suppress === '*' || this.suppress === entityTag);
    this.suppress = undefined;
    const body = has ? undefined : this.bodyOf(content);
    const lines: HeaderLine[] = [
      ['Event', buildEvent(this.event)],
      ['Subscription-State', state],
      ...(entityTag === undefined ? [] : [['SIP-ETag', entityTag] as const]),
      ...headerLines(headers),
    ];
    return sendInDialog(this.core, this.dialog, {
      method: 'NOTIFY',
      headers: lines,
      body,
      contentType: content.contentType,
      contactUser: this.parts.contactUser,
      // Where there is a way, the newest state waits for it, not this one.
      waits: this.way === undefined,
      // It would come behind the newer one, with a higher CSeq.
      isGivenUp: () => round !== this.round,
      began: (sending) => {
        this.sending = sending;
      },
    });
  }
}
