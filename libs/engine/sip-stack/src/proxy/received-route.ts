import type { SipRequest } from '@carillon/sip-message';
import type { ReplyOptions, RequestSource } from '../api/incoming-request.js';
import type { ProxyPlan, ProxyTarget, RedirectContact, RoutedRequest } from '../api/routed-request.js';
import { headerLines } from '../header-lines.js';
import type { Refusal } from '../transaction/sanity-checks.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { PreprocessedRoute } from './preprocess-route.js';
import type { ProxyCore } from './proxy-core.js';
import { redirection } from './redirect.js';

/**
 * A request whose role is being chosen.
 *
 * ```text
 * open --handler returns without choosing--> held (has a transaction: repeats are absorbed, CANCEL gets 487)
 *   `-------------- any choice -------------> chosen <-- any choice but forward --'
 * ```
 */
export class ReceivedRoute implements RoutedRequest {
  private state: 'open' | 'held' | 'chosen' = 'open';
  private transaction: ServerTransaction | undefined;

  constructor(
    private readonly proxyCore: ProxyCore,
    readonly request: SipRequest,
    private readonly way: { flow: SipFlow; route: PreprocessedRoute },
  ) {}

  get source(): RequestSource {
    const { flow } = this.way;
    return { protocol: flow.protocol, address: flow.remoteAddress, port: flow.remotePort, flow };
  }

  get uri(): string {
    return this.way.route.uri;
  }

  get hasRoute(): boolean {
    return this.way.route.next !== undefined;
  }

  toUserAgent(): void {
    if (!this.choose()) return;
    const { request, transaction, way } = this;
    const { transactions } = this.proxyCore.parts.core;
    if (transaction !== undefined) transaction.onCancelled = undefined;
    if (request.method === 'CANCEL') transactions.replyStateless(request, way.flow, { status: 481 });
    // An ACK of nothing that we know is nobody's.
    else if (request.method !== 'ACK') transactions.admit(request, way.flow, transaction);
  }

  proxy(plan: ProxyPlan): void {
    if (this.request.method === 'CANCEL' || this.request.method === 'ACK') this.toUserAgent();
    else if (this.choose()) this.proxyCore.forwardStateful(this.request, { ...this.way, plan }, this.transaction);
  }

  forward(target: ProxyTarget): void {
    if (this.state === 'held') throw new Error('A request that waited for its role has a transaction');
    if (this.choose()) this.proxyCore.forwardStateless(this.request, { ...this.way, target });
  }

  redirect(contacts: readonly RedirectContact[], options: { status?: 300 | 301 | 302 | 305 } = {}): void {
    if (this.choose()) this.answer(redirection(contacts, options.status ?? 302));
  }

  reply(status: number, options: ReplyOptions = {}): void {
    if (!this.choose()) return;
    const headers = headerLines(options.headers);
    if (options.body !== undefined) headers.push(['Content-Type', options.contentType ?? 'text/plain']);
    this.answer({
      status,
      headers,
      ...(options.reason === undefined ? {} : { reason: options.reason }),
      ...(options.body === undefined ? {} : { body: options.body }),
    });
  }

  /** The handler has not chosen yet: from now on a transaction stands in for it. */
  hold(): void {
    if (this.state !== 'open') return;
    const { transactions } = this.proxyCore.parts.core;
    const { request, way } = this;
    if (request.method === 'CANCEL' || request.method === 'ACK') {
      this.toUserAgent();
      return;
    }
    const full = transactions.refuseWhenFull();
    if (full !== undefined) {
      this.state = 'chosen';
      transactions.replyStateless(request, way.flow, full);
      return;
    }
    this.state = 'held';
    this.transaction = transactions.begin(request, way.flow);
    if (this.transaction.isInvite) this.transaction.respond(100);
    this.transaction.onCancelled = () => this.reply(487);
  }

  /** What an error in the handler costs. */
  fail(): void {
    this.reply(500);
  }

  private choose(): boolean {
    if (this.state === 'chosen') return false;
    this.state = 'chosen';
    return true;
  }

  private answer(answer: Refusal & { body?: string | Uint8Array }): void {
    const { transactions } = this.proxyCore.parts.core;
    const { request, way } = this;
    if (request.method === 'ACK') return;
    if (request.method === 'CANCEL') {
      transactions.replyStateless(request, way.flow, answer);
      return;
    }
    const full = this.transaction === undefined ? transactions.refuseWhenFull() : undefined;
    if (full === undefined) {
      const transaction = this.transaction ?? transactions.begin(request, way.flow);
      transaction.onCancelled = undefined;
      transaction.respond(answer.status, answer);
    } else transactions.replyStateless(request, way.flow, full);
  }
}
