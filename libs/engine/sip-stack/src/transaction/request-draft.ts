import type { HeaderLine } from '@carillon/sip-message';
import type { SipFlow } from '../transport/sip-flow.js';

/** A request before it is known which way it goes; Via and Content-Length are added when it is sent. */
export interface RequestDraft {
  readonly method: string;
  readonly uri: string;
  /** All other headers; our Contact depends on the flow. */
  readonly headers: (flow: SipFlow) => HeaderLine[];
  readonly body?: string | Uint8Array | undefined;
}
