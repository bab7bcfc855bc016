import type { SipRequest } from '@carillon/sip-message';
import type { Flow, TransportProtocol } from './flow.js';
import type { HeaderFields } from './header-fields.js';

/** Where a request came from. */
export interface RequestSource {
  readonly protocol: TransportProtocol;
  readonly address: string;
  readonly port: number;
  readonly flow: Flow;
}

export interface ReplyOptions {
  /** Reason phrase; the registered one when left out. */
  reason?: string;
  headers?: HeaderFields;
  body?: string | Uint8Array;
  /** Needed with a body. */
  contentType?: string;
  /**
   * A final answer that is not kept for repeats of the request, which then come as new ones: for who tells them apart
   * itself, or would answer alike (RFC 3261 §8.2.7).
   */
  once?: boolean;
}

/** A request that waits for its answer. */
export interface IncomingRequest {
  readonly request: SipRequest;
  readonly source: RequestSource;
  /** The To tag of our replies (or the one the request brought, in a dialog). */
  readonly localTag: string;
  /** True once a final reply was given. */
  readonly answered: boolean;
  /** Answers. A second final reply is ignored and logged. */
  reply(status: number, options?: ReplyOptions): void;
}
