import type { SipResponse } from '@carillon/sip-message';

/** Why a request failed: a final response, no answer (408), or no way to the peer (503). */
export type FailureCause = 'response' | 'timeout' | 'transport' | 'ended';

/** How a request ended: a value, never a rejected promise. */
export type RequestOutcome =
  { readonly ok: true; readonly status: number; readonly response: SipResponse } | RequestFailure;

export interface RequestFailure {
  readonly ok: false;
  readonly status: number;
  readonly reason: string;
  readonly cause: FailureCause;
  /** Present when cause is `response`. */
  readonly response?: SipResponse;
}
