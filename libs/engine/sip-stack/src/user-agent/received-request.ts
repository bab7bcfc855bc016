import type { HeaderLine, SipRequest } from '@carillon/sip-message';
import type { IncomingRequest, ReplyOptions, RequestSource } from '../api/incoming-request.js';
import { headerLines } from '../header-lines.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import { capabilityAnswer } from './capability-answer.js';
import type { Core } from './core.js';
import { serverLines } from './core.js';

/** A request that its handler answers through its server transaction. */
export class ReceivedRequest implements IncomingRequest {
  readonly request: SipRequest;
  private madeSource: RequestSource | undefined;

  constructor(
    protected readonly core: Core,
    protected readonly transaction: ServerTransaction,
  ) {
    this.request = transaction.request;
  }

  get source(): RequestSource {
    const { source: flow } = this.transaction;
    this.madeSource ??= { protocol: flow.protocol, address: flow.remoteAddress, port: flow.remotePort, flow };
    return this.madeSource;
  }

  get localTag(): string {
    return this.transaction.localTag;
  }

  get answered(): boolean {
    return this.transaction.answered;
  }

  reply(status: number, options: ReplyOptions = {}): void {
    if (this.answered) {
      this.core.logger.warn({ status, method: this.request.method }, 'Second final reply ignored');
      return;
    }
    const headers: HeaderLine[] = headerLines(options.headers);
    const { capabilities } = this.core;
    const isOptions = status === 200 && this.request.method === 'OPTIONS';
    for (const line of isOptions ? capabilityAnswer(capabilities) : serverLines(capabilities, 'Server'))
      headers.push(line);
    if (status === 405 && options.headers?.['Allow'] === undefined) headers.push(['Allow', capabilities.allow]);
    if (options.body !== undefined) headers.push(['Content-Type', options.contentType ?? 'text/plain']);
    const parts = { reason: options.reason, headers, body: options.body };
    if (options.once === true) this.transaction.respondOnce(status, parts);
    else this.transaction.respond(status, parts);
  }
}
