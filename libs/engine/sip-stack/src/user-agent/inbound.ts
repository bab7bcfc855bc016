import type { SipMessage, SipRequest, SipResponse } from '@carillon/sip-message';
import type { UserAgentEvents, UserAgentOptions } from '../api/user-agent.js';
import { silentLogger } from '../logger.js';
import type { ProxyCore } from '../proxy/proxy-core.js';
import { Session } from '../session/session.js';
import { SubscriptionDialog } from '../subscription/subscription-dialog.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { TransactionUser } from '../transaction/transaction-layer.js';
import type { SipFlow, TransportReceiver } from '../transport/sip-flow.js';
import type { Core } from './core.js';
import { receiveOutOfDialog, receiveSubscribeIn } from './receive-out-of-dialog.js';
import { tapMessage } from './tap-message.js';

/** What a user agent counts. */
export interface MessageCounters {
  messagesIn: number;
  messagesOut: number;
  malformedIn: number;
  /** Sent again by our transactions. */
  resent: number;
  /** Sent again by peers. */
  repeated: number;
}

/** Messages that wait for {@link Inbound.release} at most; more are lost like packets, and repeated. */
const MAX_HELD = 10_000;

type Malformed = Parameters<TransportReceiver['malformed']>[0];

/** RFC 3261 §21.4.11, §21.5.7: it was understood, but is too much. */
const STATUS_OF: Readonly<Partial<Record<Malformed['code'], number>>> = {
  BODY_TOO_LARGE: 413,
  HEAD_TOO_LARGE: 513,
  TOO_MANY_HEADERS: 513,
};

/**
 * What comes up the layers: messages of the transports are counted, shown to the tap and given to the transactions;
 * requests of the transactions go to the proxy, their dialog or the handlers.
 */
export class Inbound implements TransportReceiver, TransactionUser {
  readonly counters: MessageCounters = { messagesIn: 0, messagesOut: 0, malformedIn: 0, resent: 0, repeated: 0 };
  /** From the first step of closing on. */
  closing = false;
  /** Undefined while the addresses are being bound: a packet may come before all of them are. */
  private core: Core | undefined;
  private proxy: ProxyCore | undefined;
  /** Messages that came before anybody could answer them. */
  private held: { readonly message: SipMessage; readonly flow: SipFlow }[] | undefined;

  constructor(
    private readonly options: UserAgentOptions,
    private readonly handlers: Partial<UserAgentEvents>,
  ) {
    if (options.held === true) this.held = [];
  }

  begin(core: Core, proxy: ProxyCore): void {
    this.core = core;
    this.proxy = proxy;
  }

  /** What has waited is taken in the order it came. */
  release(): void {
    const { held } = this;
    this.held = undefined;
    for (const { message, flow } of held ?? []) this.message(message, flow);
  }

  message(message: SipMessage, flow: SipFlow): void {
    const { core, options, held } = this;
    if (held !== undefined) {
      if (held.length < MAX_HELD) held.push({ message, flow });
      return;
    }
    if (core === undefined || options.admits?.(flow) === false) return;
    this.counters.messagesIn += 1;
    tapMessage(options.tap, { direction: 'in', bytes: message.bytes, flow, parsed: message });
    try {
      core.transactions.receive(message, flow);
    } catch (error) {
      tellMistake(core, flow, { error, what: 'Message could not be processed' });
    }
  }

  malformed(problem: Malformed, flow: SipFlow): void {
    const { core, options } = this;
    if (core === undefined || options.admits?.(flow) === false) return;
    this.counters.malformedIn += 1;
    options.malformed?.(flow);
    const { code, detail, request } = problem;
    (options.logger ?? silentLogger).debug({ flow: flow.id, code, detail }, 'Malformed message');
    if (request === undefined) return;
    tapMessage(options.tap, { direction: 'in', bytes: request.bytes, flow, parsed: request });
    const status = STATUS_OF[code] ?? 400;
    try {
      core.transactions.replyStateless(request, flow, { status, reason: detail });
    } catch (error) {
      tellMistake(core, flow, { error, what: 'Malformed message could not be answered' });
    }
  }

  sent(bytes: Buffer, flow: SipFlow): void {
    this.counters.messagesOut += 1;
    tapMessage(this.options.tap, { direction: 'out', bytes, flow, parsed: undefined });
  }

  claim(request: SipRequest, flow: SipFlow): boolean {
    return !this.closing && this.proxy?.claim(request, flow) === true;
  }

  stray(response: SipResponse): void {
    this.proxy?.stray(response);
  }

  ack(request: SipRequest): void {
    this.core?.dialogs.findFor(request)?.receiveAck(request);
  }

  cancelled(invite: ServerTransaction): void {
    invite.respond(487);
  }

  request(transaction: ServerTransaction): void {
    const { core, handlers } = this;
    if (core === undefined || core.subscriptions.receive(transaction)) return;
    const { request } = transaction;
    const usage = core.dialogs.findFor(request);
    const shares = usage instanceof Session || usage instanceof SubscriptionDialog;
    if (shares && request.method === 'SUBSCRIBE') receiveSubscribeIn(core, handlers, transaction, usage.dialog);
    else if (usage !== undefined) usage.receive(transaction);
    // §12.2.2: in a dialog that we do not know.
    else if (request.toTag !== undefined && request.method !== 'REGISTER') transaction.respondOnce(481, {});
    else if (this.closing) transaction.respondOnce(503, {});
    else receiveOutOfDialog(core, handlers, transaction);
  }
}

/** A mistake of ours in one message must not end the calls of all others. */
function tellMistake({ logger }: Core, flow: SipFlow, { error, what }: { error: unknown; what: string }): void {
  logger.error({ flow: flow.id, error: error instanceof Error ? error.stack : String(error) }, what);
}
