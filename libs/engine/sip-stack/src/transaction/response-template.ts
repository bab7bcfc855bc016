import { buildResponse } from '@carillon/sip-message';
import type { HeaderLine, SipRequest } from '@carillon/sip-message';
import type { SipFlow } from '../transport/sip-flow.js';
import { markVia } from './mark-via.js';

export interface ResponseBody {
  reason?: string | undefined;
  headers?: readonly HeaderLine[];
  body?: string | Uint8Array | undefined;
}

/** What every response copies from its request (RFC 3261 §8.2.6.2), worked out once. */
export class ResponseTemplate {
  /** Via lines and From. */
  private readonly before: HeaderLine[];
  private readonly to: string;
  private readonly callId: HeaderLine;
  private readonly cseq: HeaderLine;
  private toWithTag: string | undefined;

  /** @param tag our To tag, asked for when a response with one is first built */
  constructor(
    request: SipRequest,
    source: SipFlow,
    private readonly tag: () => string,
  ) {
    this.before = viaLines(request, source);
    this.before.push(['From', request.glance('From') ?? '']);
    this.to = request.glance('To') ?? '';
    if (request.toTag !== undefined) this.toWithTag = this.to;
    this.callId = ['Call-ID', request.callId ?? ''];
    this.cseq = ['CSeq', request.glance('CSeq') ?? ''];
  }

  /** 100 carries no tag: it is not the user agent that answers (§8.2.6.2). */
  build(status: number, parts: ResponseBody = {}): Buffer {
    if (status !== 100) this.toWithTag ??= `${this.to};tag=${this.tag()}`;
    const to: HeaderLine = ['To', status === 100 ? this.to : (this.toWithTag ?? this.to)];
    const headers = [...this.before, to, this.callId, this.cseq];
    if (parts.headers !== undefined) for (const line of parts.headers) headers.push(line);
    return buildResponse({ status, reason: parts.reason, headers, body: parts.body });
  }
}

/** All Via values, the top one marked (§18.2.1). */
function viaLines(request: SipRequest, source: SipFlow): HeaderLine[] {
  const top = request.glance('Via');
  if (top === undefined) return [];
  const marked = markVia(request, source, top) ?? top;
  if (request.count('Via') === 1) return [['Via', marked]];
  return request.headers('Via').map((line, at): HeaderLine => ['Via', at === 0 ? marked : line]);
}
