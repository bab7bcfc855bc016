import type { HeaderLine } from '@carillon/sip-message';
import type { SipFlow } from '../transport/sip-flow.js';

/** A request before it is known which way it goes; Via and Content-Length are added when it is sent. */
export interface RequestDraft {
  readonly method: string;
  readonly uri: string;
  /** All other headers; our Contact depends on the flow. */
  readonly headers: (flow: SipFlow) => HeaderLine[];
  readonly body?: string | Uint8Array | undefined;
  /** Set for a request that is passed on: it is copied instead of written anew. */
  readonly copy?: RequestCopy;
}

/** Someone else's request on its way through (RFC 3261 §16.6). */
export interface RequestCopy {
  /** About how many octets it will have. */
  readonly length: number;
  /** Second part of the branch: what loops are known by (RFC 5393 §4.2.1). */
  readonly branchSuffix: string;
  /** The octets, with our Via of this sent-by and branch on top. */
  build(flow: SipFlow, by: { readonly sentBy: string; readonly branch: string }): Buffer;
}
