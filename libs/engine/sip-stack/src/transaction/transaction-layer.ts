import { buildRequest, checkMandatoryHeaders, ownText } from '@carillon/sip-message';
import type { HeaderLine, SipMessage, SipRequest, SipResponse } from '@carillon/sip-message';
import type { Identifiers } from '../identifiers.js';
import type { Limits } from '../limits.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { TransportLayer } from '../transport/transport-layer.js';
import { ClientTransaction } from './client-transaction.js';
import type { ClientListener, ClientTransactionOwner, SentRequest } from './client-transaction.js';
import { isForUs } from './is-for-us.js';
import { replyFlow, replyPort } from './reply-flow.js';
import type { RequestDraft } from './request-draft.js';
import { ResponseTemplate } from './response-template.js';
import { checkSanity } from './sanity-checks.js';
import type { Refusal } from './sanity-checks.js';
import { ServerMachine } from './server-machine.js';
import { ServerTransaction } from './server-transaction.js';
import { statelessTag } from './stateless-tag.js';
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
  /**
   * The first look at a new request (an ACK or CANCEL that matches nothing too), before what a user agent server
   * checks (§8.2): a proxy checks other things (§16.3). True when it was taken.
   */
  claim?(request: SipRequest, flow: SipFlow): boolean;
  /** A response that no client transaction waits for: only stateless proxies want it (RFC 6026 §8.9). */
  stray?(response: SipResponse): void;
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
/** The answer of a CANCEL says nothing about its INVITE, which ends by itself. */
const UNHEARD: ClientListener = { response() {}, timeout() {}, transportError() {} };

/** Matches messages to transactions, answers what needs no user, and starts new transactions. */
export class TransactionLayer implements ClientTransactionOwner {
  private readonly clients = new Map<string, ClientTransaction>();
  private readonly servers = new Map<string, ServerMachine>();
  /** By mergeKey: the request that came first. */
  private readonly firsts = new Map<string, ServerMachine>();
  private readonly sanity;
  /** The request that was looked at last: its key is asked for several times in a row. */
  private keyed: { readonly request: SipRequest; readonly key: string } | undefined;

  constructor(
    private readonly transport: TransportLayer,
    private readonly options: TransactionLayerOptions,
  ) {
    this.sanity = {
      supported: options.supported,
      isMerged: (request: SipRequest) => {
        const first = this.firsts.size === 0 ? undefined : this.firsts.get(mergeKey(request));
        return first !== undefined && first !== this.servers.get(this.keyOf(request));
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

  /** Sends a request on a flow, with a fresh branch. */
  send(draft: RequestDraft, flow: SipFlow, listener: ClientListener): ClientTransaction {
    const { method, copy } = draft;
    const branch = this.options.identifiers.branch() + (copy?.branchSuffix ?? '');
    const sentBy = this.transport.sentBy(flow);
    const by = { sentBy, branch };
    const bytes = copy === undefined ? this.build(draft, flow, by) : copy.build(flow, by);
    return this.beginClient({ key: clientKey(branch, method), method, branch, sentBy, flow, bytes }, listener);
  }

  /** Sends a CANCEL for an INVITE that has had a provisional response (§9.1), once. */
  cancel(invite: ClientTransaction, extra: readonly HeaderLine[]): void {
    const { flow, branch, sentBy } = invite;
    const key = clientKey(branch, 'CANCEL');
    const bytes = this.clients.has(key) ? undefined : invite.cancelBytes(extra);
    if (bytes !== undefined) this.beginClient({ key, method: 'CANCEL', branch, sentBy, flow, bytes }, UNHEARD);
  }

  /** Makes the transaction of a new request. An INVITE gets its 100 when nothing else was said soon (§17.2.1). */
  begin(request: SipRequest, flow: SipFlow): ServerTransaction {
    const transaction = this.make(request, flow);
    transaction.machine.wait();
    return transaction;
  }

  /** The transaction of a request that another process took, whose replies have this tag. */
  resumeServer(request: SipRequest, flow: SipFlow, tag: string): ServerTransaction {
    const transaction = this.make(request, flow, () => tag);
    transaction.machine.wait();
    return transaction;
  }

  /** The transaction of an INVITE that another process has sent. */
  resumeClient(invite: SipRequest, flow: SipFlow, listener: ClientListener): ClientTransaction {
    const { branch = '', method, sentBy = '', bytes } = invite;
    const sent: SentRequest = { key: clientKey(branch, method), method, branch, sentBy, flow, bytes };
    const transaction = new ClientTransaction(sent, this.options.context, this, listener);
    this.clients.set(sent.key, transaction);
    transaction.goOn();
    return transaction;
  }

  /** A transaction that nobody knows of yet: it may be over before anything of it has to be remembered. */
  private make(request: SipRequest, flow: SipFlow, tag?: () => string): ServerTransaction {
    const transport = this.transport;
    const port = replyPort(request, flow);
    const machine = new ServerMachine({
      isInvite: request.method === 'INVITE',
      replyFlow: () => replyFlow(flow, port, transport),
      reliable: flow.reliable,
      context: this.options.context,
      owner: this,
    });
    const makeTag = tag ?? ((): string => this.options.identifiers.tag());
    return new ServerTransaction({ request, source: flow, machine, makeTag });
  }

  private build(
    { method, uri, headers, body }: RequestDraft,
    flow: SipFlow,
    by: { sentBy: string; branch: string },
  ): Buffer {
    const via = this.transport.via(flow, by.branch, by.sentBy);
    return buildRequest({ method, uri, headers: [['Via', via], ...headers(flow)], body });
  }

  /**
   * Hands a request to the user agent server: refused by §8.2's checks, or begun and told to the user.
   * @param begun its transaction, when it has one already
   */
  admit(request: SipRequest, flow: SipFlow, begun?: ServerTransaction): void {
    const refusal = checkSanity(request, this.sanity) ?? (begun === undefined ? this.refuseWhenFull() : undefined);
    if (refusal !== undefined) {
      if (begun === undefined) this.replyStateless(request, flow, refusal);
      else begun.respond(refusal.status, refusal);
      return;
    }
    const transaction = begun ?? this.make(request, flow);
    const { machine } = transaction;
    try {
      this.options.user.request(transaction);
    } catch (error) {
      // A mistake of ours: the peer is told so, and nothing waits for an answer that never comes.
      if (!transaction.answered) transaction.respond(500);
      throw error;
    } finally {
      // Who did not answer in this turn asks others first, and nobody knows for how long (§17.2.1).
      if (machine.isInvite && begun === undefined && !machine.hasSpoken && !machine.over) transaction.respond(100);
      // What was answered in this turn and is not to be remembered has left nothing behind.
      machine.wait();
      if (!machine.over && request.toTag === undefined) this.noteFirst(request, machine);
    }
  }

  rememberServer(request: SipRequest, machine: ServerMachine): string {
    const key = this.keyOf(request);
    this.servers.set(key, machine);
    return key;
  }

  /** The refusal that a new request gets when the limits are reached. */
  refuseWhenFull(): Refusal | undefined {
    if (this.hasRoom) return undefined;
    return { status: 503, headers: [['Retry-After', String(RETRY_AFTER_SECONDS)]] };
  }

  /** Answers without a transaction: repeats get the same answer again. */
  replyStateless(request: SipRequest, flow: SipFlow, answer: Refusal): void {
    if (request.method === 'ACK') return;
    const hasWay = request.returnPath !== undefined || request.topVia !== undefined;
    // A datagram without a Via is noise; whoever holds a connection waits for an answer.
    if (!hasWay && !flow.reliable && !request.has('Via')) return;
    const bytes = new ResponseTemplate(request, flow, () => statelessTag(request)).build(answer.status, answer);
    // A Via that cannot be read goes back as it came (RFC 4475 §3.1.2.1), to where it came from.
    (hasWay ? replyFlow(flow, replyPort(request, flow), this.transport) : flow).send(bytes);
  }

  forgetClient(key: string): void {
    this.clients.delete(key);
  }

  forgetServer(key: string, machine: ServerMachine): void {
    this.servers.delete(key);
    const { mergeKey: first } = machine;
    if (first !== undefined && this.firsts.get(first) === machine) this.firsts.delete(first);
  }

  /** Ends everything silently. */
  terminate(): void {
    for (const transaction of [...this.clients.values(), ...this.servers.values()]) transaction.terminate();
  }

  private noteFirst(request: SipRequest, machine: ServerMachine): void {
    machine.mergeKey = ownText(mergeKey(request));
    this.firsts.set(machine.mergeKey, machine);
  }

  private keyOf(request: SipRequest): string {
    if (this.keyed?.request !== request) this.keyed = { request, key: serverKey(request) };
    return this.keyed.key;
  }

  private beginClient(sent: SentRequest, listener: ClientListener): ClientTransaction {
    const transaction = new ClientTransaction(sent, this.options.context, this, listener);
    this.clients.set(sent.key, transaction);
    transaction.begin();
    return transaction;
  }

  private receiveResponse(response: SipResponse): void {
    const key = responseKey(response);
    const transaction = key === undefined ? undefined : this.clients.get(key);
    if (transaction === undefined) {
      this.options.user.stray?.(response);
      return;
    }
    const { passesOn } = transaction;
    // A response that is broken, or somebody else's, is dropped, never answered (§18.1.2).
    if (!isForUs(response, transaction.sentBy, passesOn)) return;
    if (!passesOn && checkMandatoryHeaders(response) !== undefined) return;
    transaction.receive(response);
  }

  private receiveRequest(request: SipRequest, flow: SipFlow): void {
    // Registrations leave nothing behind that could come again: then no key has to be put together.
    const existing = this.servers.size === 0 ? undefined : this.servers.get(this.keyOf(request));
    if (existing !== undefined) {
      this.receiveAgain(existing, request, flow);
      return;
    }
    const malformed = checkMandatoryHeaders(request);
    if (malformed !== undefined) {
      const version = /^SIP\/2\.0$/i.test(request.version);
      this.replyStateless(request, flow, version ? { status: 400, reason: malformed.detail } : { status: 505 });
      return;
    }
    const { user } = this.options;
    if (request.method === 'CANCEL') this.receiveCancel(request, flow);
    else if (user.claim?.(request, flow) === true) return;
    else if (request.method === 'ACK') user.ack(request, flow);
    else this.admit(request, flow);
  }

  private receiveAgain(machine: ServerMachine, request: SipRequest, flow: SipFlow): void {
    if (request.method !== 'ACK') {
      this.options.context.repeated();
      machine.retransmitted();
      return;
    }
    machine.acknowledged();
    // An ACK in the branch of its 2xx comes from RFC 2543 peers: the dialog wants it too.
    if (machine.isInvite && machine.answered && request.toTag !== undefined) this.options.user.ack(request, flow);
  }

  /** §9.2; one that matches nothing may belong to an INVITE that passed statelessly (§16.10). */
  private receiveCancel(cancel: SipRequest, flow: SipFlow): void {
    const invite = this.servers.get(serverKey(cancel, 'INVITE'));
    if (invite === undefined) {
      if (this.options.user.claim?.(cancel, flow) !== true) this.replyStateless(cancel, flow, { status: 481 });
      return;
    }
    const full = this.refuseWhenFull();
    if (full !== undefined) {
      this.replyStateless(cancel, flow, full);
      return;
    }
    const target = invite.transaction;
    // With the To tag of the INVITE's own responses.
    const tag = target === undefined ? invite.givenTag : target.localTag;
    const answer = this.make(cancel, flow, tag === undefined ? undefined : () => tag);
    answer.machine.wait();
    answer.respond(200);
    if (target === undefined) return;
    if (target.onCancelled === undefined) this.options.user.cancelled(target, cancel);
    else target.onCancelled(cancel);
  }
}
