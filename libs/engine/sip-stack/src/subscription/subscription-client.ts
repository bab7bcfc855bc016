import { buildEvent } from '@carillon/sip-message';
import type { EventHeader, HeaderLine } from '@carillon/sip-message';
import type { RegistrationRetry } from '../api/registration.js';
import type { RequestOutcome } from '../api/request-outcome.js';
import type { SubscribeOptions, Subscription, SubscriptionEnd, SubscriptionEvents } from '../api/subscription.js';
import { ProtectionSpaces } from '../authentication/protection-spaces.js';
import { callHandler } from '../call-handler.js';
import type { TimerHandle } from '../clock.js';
import { contactFor } from '../dialog/contact-for.js';
import { Dialog } from '../dialog/dialog.js';
import { DEFAULT_RETRY, retryDelaySeconds } from '../registration/retry-delay.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';
import { goesSecure, outgoingIdentity } from '../user-agent/outgoing-draft.js';
import { sendStandalone } from '../user-agent/send-standalone.js';
import { judgeSubscriptionEnd } from './judge-subscription-end.js';
import { minimumExpires } from './minimum-expires.js';
import type { OpeningSubscription } from './subscription-layer.js';
import { SubscriberUsage } from './subscriber-usage.js';

const DEFAULT_EXPIRES_SECONDS = 3600;
/** Branches of a fork kept at most. */
const MAX_FORKS = 16;
/** Subscriptions made anew at once, one after another, before the usual delay counts for them too. */
const MAX_AT_ONCE = 3;

/** One SUBSCRIBE with what it made (RFC 6665 §4.1). A new attempt is a new dialog with a new Call-ID. */
interface Attempt {
  readonly callId: string;
  readonly localTag: string;
  sequence: number;
  granted: number | undefined;
}

/** Keeps one resource subscribed. */
export class SubscriptionClient implements Subscription, OpeningSubscription {
  state: Subscription['state'] = 'subscribing';
  private readonly usages = new Set<SubscriberUsage>();
  private readonly spaces: ProtectionSpaces;
  private readonly retry: RegistrationRetry | undefined;
  private readonly handlers: Partial<SubscriptionEvents> = {};
  private expires: number;
  private attempt: Attempt | undefined;
  private timerN: TimerHandle | undefined;
  private retryTimer: TimerHandle | undefined;
  private failures = 0;
  private atOnce = 0;
  private closing: Promise<void> | undefined;
  private whenEnded: (() => void) | undefined;

  constructor(
    private readonly core: Core,
    private readonly options: SubscribeOptions,
    private readonly done: (ended: SubscriptionClient) => void,
  ) {
    this.spaces = new ProtectionSpaces(options.credentials, core);
    this.expires = options.expiresSeconds ?? DEFAULT_EXPIRES_SECONDS;
    this.retry = options.retry === false ? undefined : { ...DEFAULT_RETRY, ...options.retry };
  }

  on<E extends keyof SubscriptionEvents>(event: E, handler: SubscriptionEvents[E]): this {
    this.handlers[event] = handler;
    return this;
  }

  start(): this {
    void this.subscribe();
    return this;
  }

  refresh(): void {
    for (const usage of this.usages) void usage.refresh();
  }

  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  matches({ package: name, id }: EventHeader): boolean {
    return name === this.options.event && id === this.options.eventId;
  }

  /** §4.4.1: the NOTIFY makes the dialog, be it before the 2xx or from another branch. */
  receiveFirst(transaction: ServerTransaction): void {
    const { attempt } = this;
    const taken = this.usages.size >= (this.options.forks === 'all' ? MAX_FORKS : 1);
    if (attempt === undefined || taken || this.state === 'ended') {
      transaction.respond(481);
      return;
    }
    const dialog = Dialog.asCallee(transaction.request, transaction.localTag, transaction.source);
    // The NOTIFY's own number is admitted by the subscription.
    dialog.remoteSequence = undefined;
    dialog.localSequence = attempt.sequence;
    const usage = this.usageIn(dialog);
    this.usages.add(usage);
    this.state = 'active';
    this.failures = 0;
    usage.runUntil(attempt.granted ?? this.expires);
    usage.receive(transaction);
    if (this.closing !== undefined) void usage.unsubscribe();
  }

  private async subscribe(): Promise<void> {
    const { core, options } = this;
    const { identifiers, subscriptions } = core;
    const fresh = { callId: identifiers.callId(), tag: identifiers.tag() };
    const identity = outgoingIdentity(options, fresh);
    const attempt: Attempt = { callId: identity.callId, localTag: fresh.tag, sequence: 0, granted: undefined };
    this.attempt = attempt;
    this.state = 'subscribing';
    subscriptions.open(attempt.callId, attempt.localTag, this);
    this.timerN = core.clock.setTimeout(() => this.silent(), 64 * core.timers.t1);
    const { outcome } = await sendStandalone(core, {
      target: options,
      identity,
      method: 'SUBSCRIBE',
      nextSequence: () => (attempt.sequence += 1),
      spaces: this.spaces,
      headers: [['Event', this.event()], ['Expires', String(this.expires)], ...this.acceptLines()],
      contact: (flow) =>
        contactFor(core.transport.contactUri(flow.protocol, options.contactUser, flow), goesSecure(options)),
      body: options.body,
      contentType: options.contentType,
    });
    // An attempt that was given up meanwhile has nobody to tell.
    if (this.attempt === attempt) this.answered(outcome, attempt);
  }

  private answered(outcome: RequestOutcome, attempt: Attempt): void {
    if (outcome.ok) {
      attempt.granted = outcome.response.expires;
      // Timer N runs anew for the NOTIFY of a SUBSCRIBE that was challenged or slow.
      if (this.usages.size === 0) this.restartTimerN();
      return;
    }
    // A notifier that has sent its NOTIFY has made the subscription, whatever became of its answer.
    if (this.usages.size > 0 && outcome.response === undefined) return;
    this.discardAll();
    const minimum = minimumExpires(outcome, this.expires);
    if (minimum !== undefined && this.closing === undefined) {
      this.expires = minimum;
      this.closeAttempt();
      void this.subscribe();
      return;
    }
    this.over({ kind: 'failed', failure: outcome });
  }

  private silent(): void {
    this.timerN = undefined;
    // From now on no other branch can join (§4.1.2.4).
    const { attempt } = this;
    if (attempt !== undefined) this.core.subscriptions.settle(attempt.callId, attempt.localTag);
    if (this.usages.size === 0 && this.state === 'subscribing') this.over({ kind: 'silent' });
  }

  private restartTimerN(): void {
    const { clock, timers } = this.core;
    if (this.timerN === undefined) return;
    clock.clearTimeout(this.timerN);
    this.timerN = clock.setTimeout(() => this.silent(), 64 * timers.t1);
  }

  private usageIn(dialog: Dialog): SubscriberUsage {
    const { core, options } = this;
    const usage: SubscriberUsage = new SubscriberUsage(core, dialog, {
      matches: (event) => this.matches(event),
      event: () => this.event(),
      headers: this.acceptLines(),
      contactUser: options.contactUser,
      spaces: this.spaces,
      expires: this.expires,
      survivesRefusal: false,
      notified: (notify) => this.handlers.notify?.(notify),
      ended: (end) => {
        this.usages.delete(usage);
        if (this.usages.size > 0) return;
        this.over(end.kind === 'lost' ? { kind: 'failed', failure: end.failure } : end);
      },
    });
    return usage;
  }

  /** The last branch is gone, or none came. */
  private over(why: SubscriptionEnd): void {
    if (this.state === 'ended') return;
    this.closeAttempt();
    if (this.closing !== undefined) return this.end({ kind: 'closed' });
    if (this.expires === 0)
      return this.end(why.kind === 'terminated' || why.kind === 'expired' ? { kind: 'fetched' } : why);
    const again = judgeSubscriptionEnd(why);
    if (this.retry === undefined || again.when === 'never') return this.end(why);
    this.atOnce = again.when === 'now' ? this.atOnce + 1 : 0;
    const seconds =
      again.when === 'now' && this.atOnce <= MAX_AT_ONCE
        ? 0
        : this.delay(again.when === 'later' ? again.atLeastSeconds : 0);
    this.state = 'waiting';
    this.retryTimer = this.core.clock.setTimeout(() => void this.subscribe(), seconds * 1000);
    callHandler(this.core.logger, 'interrupted', () => this.handlers.interrupted?.(why, seconds));
  }

  private delay(atLeastSeconds: number): number {
    this.failures += 1;
    const chance = this.core.identifiers.below(1 << 16) / (1 << 16);
    return Math.max(atLeastSeconds, retryDelaySeconds(this.retry ?? DEFAULT_RETRY, this.failures, chance));
  }

  private async closeOnce(): Promise<void> {
    if (this.retryTimer !== undefined) this.core.clock.clearTimeout(this.retryTimer);
    if (this.state === 'ended') return;
    if (this.state === 'waiting') {
      this.end({ kind: 'closed' });
      return;
    }
    const ended = new Promise<void>((resolve) => {
      this.whenEnded = resolve;
    });
    // A SUBSCRIBE on its way may still make one: its first NOTIFY is answered and unsubscribed, or timer N ends it.
    for (const usage of this.usages) void usage.unsubscribe();
    await ended;
  }

  private end(why: SubscriptionEnd): void {
    this.state = 'ended';
    this.done(this);
    this.whenEnded?.();
    callHandler(this.core.logger, 'ended', () => this.handlers.ended?.(why));
  }

  private discardAll(): void {
    for (const usage of this.usages) usage.discard();
    this.usages.clear();
  }

  private closeAttempt(): void {
    const { clock, subscriptions } = this.core;
    if (this.attempt !== undefined) subscriptions.settle(this.attempt.callId, this.attempt.localTag);
    this.attempt = undefined;
    if (this.timerN !== undefined) clock.clearTimeout(this.timerN);
    this.timerN = undefined;
  }

  private event(): string {
    return buildEvent({ package: this.options.event, id: this.options.eventId });
  }

  private acceptLines(): HeaderLine[] {
    const { accept } = this.options;
    return accept === undefined ? [] : [['Accept', accept.join(', ')]];
  }
}
