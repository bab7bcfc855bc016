import { buildEvent, buildTargetDialog, parseReferSub } from '@carillon/sip-message';
import type { EventHeader, HeaderLine, SipResponse } from '@carillon/sip-message';
import type {
  OutOfDialogReferOptions,
  OutgoingRefer,
  OutgoingReferEvents,
  ReferEnd,
  ReferOptions,
} from '../api/refer.js';
import type { RequestOutcome } from '../api/request-outcome.js';
import type { IncomingNotify } from '../api/subscription.js';
import { ProtectionSpaces } from '../authentication/protection-spaces.js';
import { callHandler } from '../call-handler.js';
import type { TimerHandle } from '../clock.js';
import { contactFor } from '../dialog/contact-for.js';
import { Dialog } from '../dialog/dialog.js';
import { dialogOfPeer } from '../replaces/dialog-of-peer.js';
import { sendInDialog } from '../session/send-in-dialog.js';
import type { OpeningSubscription } from '../subscription/subscription-layer.js';
import { SubscriberUsage } from '../subscription/subscriber-usage.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';
import { goesSecure, outgoingIdentity } from '../user-agent/outgoing-draft.js';
import { sendStandalone } from '../user-agent/send-standalone.js';
import { referLines } from './refer-lines.js';
import { parseStatusFragment } from './status-fragment.js';

/** Asked for when the subscription is refreshed, seconds. */
const REFRESH_SECONDS = 180;
/** News are followed for about an hour: a peer that never says how it went is not asked without end. */
const MAX_REFRESHES = 40;

/**
 * One REFER of ours and the news it brings (RFC 3515 §2.4.4).
 *
 * ```text
 * sent --2xx--> accepted --NOTIFY terminated, time out, unsubscribe--> ended
 *   `--failure, no NOTIFY in 64*T1 after the 2xx------------------------^
 * ```
 */
export class ReferClient implements OutgoingRefer, OpeningSubscription {
  state: OutgoingRefer['state'] = 'sent';
  response: Promise<RequestOutcome>;
  private usage: SubscriberUsage | undefined;
  private spaces: ProtectionSpaces | undefined;
  /** CSeq number of the REFER: the id of its news when there are several. */
  private sequence = 0;
  private lastNews: { status: number; reason: string } | undefined;
  private forgetOpening: (() => void) | undefined;
  private timer: TimerHandle | undefined;
  private refreshes = 0;
  private lives: () => boolean = () => true;
  private readonly handlers: Partial<OutgoingReferEvents> = {};

  private constructor(private readonly core: Core) {
    this.response = Promise.resolve({ ok: false, status: 408, reason: '', cause: 'ended' });
  }

  /** A REFER in the dialog of a call. */
  static inDialog(
    core: Core,
    within: {
      dialog: Dialog;
      contactUser: string | undefined;
      spaces: ProtectionSpaces | undefined;
      /** Its call lives on: without it the news are heard until their time is over. */
      lives: () => boolean;
    },
    options: ReferOptions,
  ): ReferClient {
    const refer = new ReferClient(core);
    const { dialog, contactUser, spaces } = within;
    refer.spaces = spaces;
    refer.lives = within.lives;
    // News may come before the answer.
    refer.usage = refer.usageIn(dialog, contactUser);
    const outcome = sendInDialog(core, dialog, {
      method: 'REFER',
      headers: referLines(options),
      contactUser,
      spaces,
      numbered: (sequence) => {
        refer.sequence = sequence;
      },
    });
    refer.response = outcome.then((result) => refer.answered(result));
    return refer;
  }

  /** A REFER outside a dialog (RFC 7647 §4, with Target-Dialog when it is about a call). */
  static outOfDialog(core: Core, options: OutOfDialogReferOptions): ReferClient {
    const refer = new ReferClient(core);
    const { identifiers, subscriptions } = core;
    const fresh = { callId: identifiers.callId(), tag: identifiers.tag() };
    const identity = outgoingIdentity(options, fresh);
    refer.spaces = new ProtectionSpaces(options.credentials, core);
    subscriptions.open(identity.callId, fresh.tag, refer);
    refer.forgetOpening = () => subscriptions.settle(identity.callId, fresh.tag);
    const { headers: extra, ...target } = options;
    const about: HeaderLine[] = options.about === undefined ? [] : targetDialogLines(options.about);
    const sent = sendStandalone(core, {
      target,
      identity,
      method: 'REFER',
      nextSequence: () => (refer.sequence += 1),
      spaces: refer.spaces,
      headers: [...referLines({ ...options, ...(extra === undefined ? {} : { headers: extra }) }), ...about],
      contact: (flow) => contactFor(core.transport.contactUri(flow.protocol, undefined, flow), goesSecure(options)),
    });
    refer.response = sent.then(({ outcome }) => refer.answered(outcome));
    return refer;
  }

  on<E extends keyof OutgoingReferEvents>(event: E, handler: OutgoingReferEvents[E]): this {
    this.handlers[event] = handler;
    return this;
  }

  matches({ package: name, id }: EventHeader): boolean {
    return name === 'refer' && (id === undefined || id === String(this.sequence));
  }

  /** The first news of a REFER outside a dialog; other branches of a fork are told that nobody listens (§2.4.4, 481). */
  receiveFirst(transaction: ServerTransaction): void {
    const dialog = Dialog.asCallee(transaction.request, transaction.localTag, transaction.source);
    // The NOTIFY's own number is admitted by the subscription.
    dialog.remoteSequence = undefined;
    dialog.localSequence = this.sequence;
    this.closeOpening();
    this.usage = this.usageIn(dialog, undefined);
    this.usage.receive(transaction);
  }

  unsubscribe(): void {
    void this.usage?.unsubscribe();
  }

  private usageIn(dialog: Dialog, contactUser: string | undefined): SubscriberUsage {
    const { core, spaces } = this;
    return new SubscriberUsage(core, dialog, {
      matches: (event) => this.matches(event),
      event: () => buildEvent({ package: 'refer', id: String(this.sequence) }),
      headers: [['Accept', 'message/sipfrag']],
      contactUser,
      spaces,
      expires: REFRESH_SECONDS,
      survivesRefusal: true,
      mayRefresh: () => {
        this.refreshes += 1;
        return this.refreshes <= MAX_REFRESHES && this.lives();
      },
      notified: (notify) => this.notified(notify),
      ended: (end) => {
        const final = end.kind === 'terminated' ? this.lastNews : undefined;
        if (final !== undefined && final.status >= 200) this.end({ kind: 'reported', ...final });
        else this.end({ kind: 'unknown', lastStatus: this.lastNews?.status });
      },
    });
  }

  private notified(notify: IncomingNotify): void {
    this.stopTimer();
    const news = parseStatusFragment(notify.body);
    if (news === undefined) {
      // §2.4.4: each NOTIFY must say how it stands; the last one may have nothing to add.
      if (notify.subscriptionState.state !== 'terminated') notify.reply(400, { reason: 'No status line' });
      return;
    }
    this.lastNews = news;
    const { status, reason } = news;
    callHandler(this.core.logger, 'progress', () => this.handlers.progress?.(status, reason, notify.body));
  }

  private answered(outcome: RequestOutcome): RequestOutcome {
    if (!outcome.ok) {
      this.usage?.discard();
      this.end({ kind: 'refused', failure: outcome });
      return outcome;
    }
    if (this.state === 'sent') this.state = 'accepted';
    callHandler(this.core.logger, 'accepted', () => this.handlers.accepted?.(outcome.response));
    if (isSilent(outcome.response)) {
      this.usage?.discard();
      this.end({ kind: 'accepted' });
    } else if (this.lastNews === undefined && this.state === 'accepted') {
      // Timer N (RFC 6665 §4.1.2.4).
      this.timer = this.core.clock.setTimeout(() => {
        this.usage?.discard();
        this.end({ kind: 'unknown', lastStatus: undefined });
      }, 64 * this.core.timers.t1);
    }
    return outcome;
  }

  private end(end: ReferEnd): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.stopTimer();
    this.closeOpening();
    callHandler(this.core.logger, 'ended', () => this.handlers.ended?.(end));
  }

  private closeOpening(): void {
    this.forgetOpening?.();
    this.forgetOpening = undefined;
  }

  private stopTimer(): void {
    if (this.timer !== undefined) this.core.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }
}

/** RFC 4488 §4: the peer says whether it went without a subscription. */
function isSilent(response: SipResponse): boolean {
  return parseReferSub(response.header('Refer-Sub') ?? '') === false;
}

function targetDialogLines(about: NonNullable<OutOfDialogReferOptions['about']>): HeaderLine[] {
  const { callId, toTag, fromTag } = dialogOfPeer(about);
  return [
    ['Target-Dialog', buildTargetDialog({ callId, localTag: toTag, remoteTag: fromTag })],
    ['Require', 'tdialog'],
  ];
}
