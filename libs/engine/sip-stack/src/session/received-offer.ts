import { sessionDescription } from '@carillon/sip-message';
import type { HeaderLine } from '@carillon/sip-message';
import type { HeaderFields } from '../api/header-fields.js';
import type { ReplyOptions } from '../api/incoming-request.js';
import type { IncomingOffer } from '../api/invite-session.js';
import { headerLines } from '../header-lines.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';
import { ReceivedRequest } from '../user-agent/received-request.js';

/** What the session does when an offer is answered. */
export interface OfferUser {
  /** Headers of the 2xx: Contact, Allow, session timer. */
  acceptLines(transaction: ServerTransaction): HeaderLine[];
  accepted(transaction: ServerTransaction, answer: { bytes: Buffer; sdp: string | undefined }): void;
  refused(transaction: ServerTransaction): void;
}

/** A re-INVITE or UPDATE of the peer. */
export class ReceivedOffer extends ReceivedRequest implements IncomingOffer {
  readonly offer: string | undefined;

  constructor(
    core: Core,
    transaction: ServerTransaction,
    private readonly user: OfferUser,
  ) {
    super(core, transaction);
    this.offer = sessionDescription(transaction.request);
  }

  accept(options: { sdp?: string; headers?: HeaderFields } = {}): void {
    if (this.answered) return;
    const headers: HeaderLine[] = [...this.user.acceptLines(this.transaction), ...headerLines(options.headers)];
    if (options.sdp !== undefined) headers.push(['Content-Type', 'application/sdp']);
    const bytes = this.transaction.build(200, { headers, body: options.sdp });
    this.transaction.respondBytes(200, bytes);
    this.user.accepted(this.transaction, { bytes, sdp: options.sdp });
  }

  reject(status: number, options: ReplyOptions = {}): void {
    this.reply(status, options);
  }

  override reply(status: number, options: ReplyOptions = {}): void {
    if (this.answered) return;
    if (status >= 200 && status < 300) {
      const sdp = typeof options.body === 'string' ? { sdp: options.body } : {};
      this.accept({ ...sdp, ...(options.headers === undefined ? {} : { headers: options.headers }) });
      return;
    }
    super.reply(status, options);
    if (status >= 300) this.user.refused(this.transaction);
  }
}
