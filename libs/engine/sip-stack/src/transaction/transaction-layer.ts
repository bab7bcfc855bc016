import { buildRequest, checkMandatoryHeaders } from '@carillon/sip-message';
import type { HeaderLine, SipMessage, SipRequest, SipResponse } from '@carillon/sip-message';
import type { Identifiers } from '../identifiers.js';
import type { Limits } from '../limits.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { TransportLayer } from '../transport/transport-layer.js';
import type { ClientListener } from './client-transaction.js';
import { InviteClientTransaction } from './invite-client-transaction.js';
import { NonInviteClientTransaction } from './non-invite-client-transaction.js';
import { replyFlow } from './reply-flow.js';
import type { RequestDraft } from './request-draft.js';
import { ResponseTemplate } from './response-template.js';
import { checkSanity } from './sanity-checks.js';
import { ServerTransaction } from './server-transaction.js';
import type { TransactionContext } from './transaction-context.js';
import { clientKey, mergeKey, responseKey, serverKey } from './transaction-key.js';

/** Who gets what is left when retransmissions, CANCEL matching and sanity checks are done. */
export interface TransactionUser {
  /** A new request other than ACK and CANCEL. */
  request(transaction: ServerTransaction): void;
  /** ACK of a 2xx: it belongs to a dialog. */
  ack(request: SipRequest, flow: SipFlow): void;
  /** CANCEL for an INVITE that is not answered yet; the CANCEL has its 200. */
  cancelled(invite: ServerTransaction, cancel: SipRequest): void;
}

export interface TransactionLayerOptions {
  readonly context: TransactionContext;
  readonly limits: Limits;
  readonly identifiers: Identifiers;
  /** Option tags that Require may name, lower case. */
  readonly supported: ReadonlySet<string>;
  readonly user: TransactionUser;
}

/** Seconds that a peer should wait when we are full (RFC 3261 §21.5.4). */
const RETRY_AFTER_SECONDS = 5;

/** Matches messages to transactions, answers what needs no user, and starts new transactions. */
export class TransactionLayer {
  private readonly clients = new Map<string, InviteClientTransaction | NonInviteClientTransaction>();
  private readonly servers = new Map<string, ServerTransaction>();
  /** mergeKey → server key of the request that came first. */
  private readonly firsts = new Map<string, string>();
  private readonly sanity;

  constructor(
    private readonly transport: () => TransportLayer,
    private readonly options: TransactionLayerOptions,
  ) {
    this.sanity = {
      supported: options.supported,
      isMerged: (request: SipRequest) => {
        const first = this.firsts.get(mergeKey(request));
        return first !== undefined && first !== serverKey(request);
      },
    };
  }

  get counts(): { client: number; server: number } {
    return { client: this.clients.size, server: this.servers.size };
  }

  /** True when one more transaction is within the limits. */
  get hasRoom(): boolean {
    return this.clients.size + this.servers.size < this.options.limits.maxTransactions;
  }

  receive(message: SipMessage, flow: SipFlow): void {
    if (message.kind === 'response') this.receiveResponse(message);
    else this.receiveRequest(message, flow);
  }

  /** Sends a request on a flow. `via` defaults to a fresh branch. */
  send(
    draft: RequestDraft,
    flow: SipFlow,
    listener: ClientListener,
  ): InviteClientTransaction | NonInviteClientTransaction {
    const branch = this.options.identifiers.branch();
    const via = this.transport().via(flow, branch);
    const headers: HeaderLine[] = [['Via', via], ...draft.headers(flow)];
    const bytes = buildRequest({ method: draft.method, uri: draft.uri, headers, body: draft.body });
    const key = clientKey(branch, draft.method);
    const users = { listener, terminated: () => this.clients.delete(key) };
    const sent = { key, branch, flow, bytes };
    const transaction =
      draft.method === 'INVITE'
        ? new InviteClientTransaction({ ...sent, uri: draft.uri, via, headers }, this.options.context, users)
        : new NonInviteClientTransaction(sent, this.options.context, users);
    this.clients.set(key, transaction);
    transaction.begin();
    return transaction;
  }

  /** Sends a CANCEL for an INVITE that has had a provisional response (§9.1). */
  cancel(transaction: InviteClientTransaction, sequence: number, extra: readonly HeaderLine[]): void {
    const { uri, flow, branch } = transaction.invite;
    const bytes = buildRequest({ method: 'CANCEL', uri, headers: transaction.cancelHeaders(sequence, extra) });
    const key = clientKey(branch, 'CANCEL');
    if (this.clients.has(key)) return;
    // Its answer says nothing about the INVITE; that one ends by itself.
    const listener: ClientListener = { response() {}, timeout() {}, transportError() {} };
    const cancel = new NonInviteClientTransaction({ key, branch, flow, bytes }, this.options.context, {
      listener,
      terminated: () => this.clients.delete(key),
    });
    this.clients.set(key, cancel);
    cancel.begin();
  }

  /** Answers without a transaction: repeats get the same answer again. */
  replyStateless(
    request: SipRequest,
    flow: SipFlow,
    answer: { status: number; reason?: string; headers?: readonly HeaderLine[] },
  ): void {
    if (request.method === 'ACK' || request.topVia === undefined) return;
    const template = new ResponseTemplate(request, flow, statelessTag(request));
    const bytes = template.build(answer.status, answer);
    replyFlow(request, flow, this.transport()).send(bytes);
  }

  /** Ends everything silently. */
  terminate(): void {
    for (const transaction of [...this.clients.values(), ...this.servers.values()]) transaction.terminate();
  }

  private receiveResponse(response: SipResponse): void {
    const key = responseKey(response);
    const transaction = key === undefined ? undefined : this.clients.get(key);
    // Nobody waits for it any more, or it is broken: a response is never answered (§18.1.2).
    if (transaction === undefined || checkMandatoryHeaders(response) !== undefined) return;
    transaction.receive(response);
  }

  private receiveRequest(request: SipRequest, flow: SipFlow): void {
    const existing = this.servers.get(serverKey(request));
    if (existing !== undefined) {
      if (request.method === 'ACK') existing.acknowledged();
      else if (request.method === existing.request.method) {
        this.options.context.repeated();
        existing.retransmitted();
      }
      if (request.method !== 'ACK' || !existing.isInvite) return;
      // An ACK in the branch of its 2xx comes from RFC 2543 peers: the dialog wants it too.
      if (request.toTag !== undefined && existing.answered) this.options.user.ack(request, flow);
      return;
    }
    const malformed = checkMandatoryHeaders(request);
    if (malformed !== undefined) {
      const version = /^SIP\/2\.0$/i.test(request.version);
      this.replyStateless(request, flow, version ? { status: 400, reason: malformed.detail } : { status: 505 });
      return;
    }
    if (request.method === 'ACK') {
      this.options.user.ack(request, flow);
      return;
    }
    const refusal = checkSanity(request, this.sanity);
    if (refusal !== undefined) {
      this.replyStateless(request, flow, refusal);
      return;
    }
    if (!this.hasRoom) {
      this.replyStateless(request, flow, { status: 503, headers: [['Retry-After', String(RETRY_AFTER_SECONDS)]] });
      return;
    }
    this.begin(request, flow);
  }

  private begin(request: SipRequest, flow: SipFlow): void {
    const key = serverKey(request);
    const first = request.toTag === undefined && request.method !== 'CANCEL' ? mergeKey(request) : undefined;
    const transaction = new ServerTransaction({
      key,
      request,
      source: flow,
      replyFlow: () => replyFlow(request, flow, this.transport()),
      localTag: this.options.identifiers.tag(),
      context: this.options.context,
      terminated: () => {
        this.servers.delete(key);
        if (first !== undefined && this.firsts.get(first) === key) this.firsts.delete(first);
      },
    });
    this.servers.set(key, transaction);
    if (first !== undefined) this.firsts.set(first, key);
    if (request.method === 'CANCEL') {
      this.receiveCancel(request, transaction);
      return;
    }
    if (transaction.isInvite) transaction.respond(100);
    this.options.user.request(transaction);
  }

  /** §9.2 */
  private receiveCancel(cancel: SipRequest, transaction: ServerTransaction): void {
    const invite = this.servers.get(serverKey(cancel, 'INVITE'));
    if (invite === undefined) {
      transaction.respond(481);
      return;
    }
    transaction.respond(200);
    if (!invite.answered) this.options.user.cancelled(invite, cancel);
  }
}

/** The same request must get the same tag each time, without being remembered (§8.2.7). */
function statelessTag(request: SipRequest): string {
  let hash = 2_166_136_261;
  const text = `${request.header('Via') ?? ''}${request.callId ?? ''}`;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619);
  return `s${(hash >>> 0).toString(16)}`;
}
