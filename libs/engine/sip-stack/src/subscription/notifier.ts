import { buildEvent, buildSubscriptionState } from '@carillon/sip-message';
import type { EventHeader, HeaderLine, NameAddress } from '@carillon/sip-message';
import type { DialogId } from '../api/invite-session.js';
import type {
  NotifierSubscription,
  NotifierSubscriptionEvents,
  SubscriptionEndKind,
} from '../api/notifier-subscription.js';
import type { RequestOutcome } from '../api/request-outcome.js';
import type { TimerHandle } from '../clock.js';
import type { Dialog } from '../dialog/dialog.js';
import type { DialogUsage } from '../dialog/dialog-layer.js';
import { headerLines } from '../header-lines.js';
import { endedFailure } from '../request-failure.js';
import { losesDialog, sendInDialog } from '../session/send-in-dialog.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';
import { serverLines } from '../user-agent/core.js';

type Content = { contentType?: string; body?: string };

/** The notifier's side of one subscription (RFC 6665 §4.2.1). */
export class Notifier implements NotifierSubscription, DialogUsage {
  readonly id: DialogId;
  state: 'active' | 'terminated' = 'active';
  expiresAt = 0;
  private timer: TimerHandle | undefined;
  private readonly handlers: Partial<NotifierSubscriptionEvents> = {};

  constructor(
    private readonly core: Core,
    private readonly dialog: Dialog,
    private readonly parts: { event: EventHeader; expires: number; contactUser: string | undefined },
  ) {
    this.id = dialog.id;
    core.dialogs.add(dialog.id, this);
    this.grant(parts.expires);
  }

  get event(): EventHeader {
    return this.parts.event;
  }

  get subscriber(): NameAddress {
    return this.dialog.remote;
  }

  on<E extends keyof NotifierSubscriptionEvents>(event: E, handler: NotifierSubscriptionEvents[E]): this {
    this.handlers[event] = handler;
    return this;
  }

  notify(options: Parameters<NotifierSubscription['notify']>[0]): Promise<RequestOutcome> {
    if (this.state === 'terminated') return Promise.resolve(endedFailure());
    const seconds = Math.max(0, Math.round((this.expiresAt - this.core.clock.now()) / 1000));
    // A fetch asks for nothing more than this one NOTIFY (§4.4.3).
    if (seconds === 0) return this.finish('timeout', options, 'expired');
    return this.send(buildSubscriptionState({ state: 'active', expires: seconds }), options);
  }

  terminate(reason: string, options: Content = {}): Promise<RequestOutcome> {
    return this.finish(reason, options, 'terminated');
  }

  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (!this.dialog.admitSequence(request)) {
      transaction.respond(500, { reason: 'CSeq out of order' });
      return;
    }
    if (request.method !== 'SUBSCRIBE' || this.state === 'terminated') {
      transaction.respond(request.method === 'SUBSCRIBE' ? 481 : 405, { headers: [['Allow', 'SUBSCRIBE']] });
      return;
    }
    const asked = request.expires ?? this.parts.expires;
    const granted = Math.min(asked, Math.max(this.parts.expires, 1));
    this.dialog.refreshTarget(request, transaction.source);
    const flow = transaction.source;
    transaction.respond(200, {
      headers: [
        ['Contact', `<${this.core.transport.contactUri(flow.protocol, this.parts.contactUser, flow)}>`],
        ['Expires', String(granted)],
        ...serverLines(this.core.capabilities, 'Server'),
      ],
    });
    if (granted === 0) {
      void this.finish('timeout', undefined, 'unsubscribed');
      return;
    }
    this.grant(granted);
    this.handlers.refreshed?.(request);
  }

  receiveAck(): void {
    // Subscriptions have no ACK.
  }

  close(): Promise<unknown> {
    return this.finish('deactivated', {}, 'closed');
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
  private finish(reason: string, content: Content | undefined, kind: SubscriptionEndKind): Promise<RequestOutcome> {
    if (this.state === 'terminated') return Promise.resolve(endedFailure());
    this.state = 'terminated';
    if (this.timer !== undefined) this.core.clock.clearTimeout(this.timer);
    const last = this.handlers.ended?.(kind) ?? undefined;
    const outcome = this.send(buildSubscriptionState({ state: 'terminated', reason }), content ?? last ?? {});
    void outcome.then(() => this.core.dialogs.remove(this.id, this));
    return outcome;
  }

  private async send(state: string, options: Parameters<NotifierSubscription['notify']>[0]): Promise<RequestOutcome> {
    const headers: HeaderLine[] = [
      ['Event', buildEvent(this.event)],
      ['Subscription-State', state],
      ...headerLines(options.headers),
    ];
    const outcome = await sendInDialog(this.core, this.dialog, {
      method: 'NOTIFY',
      headers,
      body: options.body,
      contentType: options.contentType,
      contactUser: this.parts.contactUser,
    });
    if (!outcome.ok && losesDialog(outcome) && this.state === 'active') this.lose();
    return outcome;
  }

  /** The subscriber is gone: nothing more is sent (§4.2.2). */
  private lose(): void {
    this.state = 'terminated';
    if (this.timer !== undefined) this.core.clock.clearTimeout(this.timer);
    this.core.dialogs.remove(this.id, this);
    this.handlers.ended?.('lost');
  }
}
