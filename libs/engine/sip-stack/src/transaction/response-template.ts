import { buildReply } from '@carillon/sip-message';
import type { HeaderLine, SipRequest, ViaMark } from '@carillon/sip-message';
import type { SipFlow } from '../transport/sip-flow.js';
import { viaMark } from './mark-via.js';

export interface ResponseBody {
  reason?: string | undefined;
  headers?: readonly HeaderLine[];
  body?: string | Uint8Array | undefined;
}

const NO_LINES: readonly HeaderLine[] = [];

/** What every response of a request has in common (RFC 3261 §8.2.6.2), worked out once. */
export class ResponseTemplate {
  private readonly via: string | ViaMark | undefined;
  private madeTag: string | undefined;

  /** @param tag our To tag, asked for when a response with one is first built */
  constructor(
    private readonly request: SipRequest,
    source: SipFlow,
    private readonly tag: () => string,
  ) {
    // The top one is marked (§18.2.1).
    this.via = viaMark(request, source);
  }

  /** 100 carries no tag: it is not the user agent that answers (§8.2.6.2). */
  build(status: number, parts: ResponseBody = {}): Buffer {
    const { request, via } = this;
    const { reason, headers = NO_LINES, body } = parts;
    if (status !== 100 && request.toTag === undefined) this.madeTag ??= this.tag();
    return buildReply(request, {
      status,
      reason,
      via,
      toTag: status === 100 ? undefined : this.madeTag,
      headers,
      body,
    });
  }
}
