import { reasonPhrase } from '@carillon/sip-message';
import type { SipResponse } from '@carillon/sip-message';
import type { RequestFailure } from './api/request-outcome.js';

/** RFC 3261 §8.1.3.1: no answer counts as 408, no way as 503. */
export function timeoutFailure(): RequestFailure {
  return { ok: false, status: 408, reason: reasonPhrase(408), cause: 'timeout' };
}

export function transportFailure(): RequestFailure {
  return { ok: false, status: 503, reason: reasonPhrase(503), cause: 'transport' };
}

/** Only ways are left that would cut it into fragments (RFC 3428 §8). */
export function tooLargeFailure(): RequestFailure {
  return { ok: false, status: 513, reason: reasonPhrase(513), cause: 'transport' };
}

/** Asked of something that is over already. */
export function endedFailure(): RequestFailure {
  return { ok: false, status: 481, reason: reasonPhrase(481), cause: 'ended' };
}

export function responseFailure(response: SipResponse): RequestFailure {
  return { ok: false, status: response.status, reason: response.reason, cause: 'response', response };
}

/** A call that we gave up ourselves (RFC 3261 §9.1). */
export function cancelledFailure(): RequestFailure {
  return { ok: false, status: 487, reason: reasonPhrase(487), cause: 'ended' };
}
