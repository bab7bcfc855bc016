import type { RequestFailure } from '../api/request-outcome.js';
import { failureEffect } from '../dialog/failure-effect.js';
import { retryAfterSeconds } from '../retry-after.js';

/** What a failed NOTIFY means for its subscription (RFC 6665 §4.2.2, RFC 5057 §5). */
export type NotifyFailureEffect =
  /** The subscriber is gone. */
  | { readonly kind: 'lost' }
  /** It is busy: the state is sent again then. */
  | { readonly kind: 'later'; readonly seconds: number }
  /** Only this NOTIFY failed. */
  | { readonly kind: 'kept' };

export function judgeNotifyFailure(failure: RequestFailure): NotifyFailureEffect {
  const { response } = failure;
  // Timer F, or no way to the subscriber.
  if (response === undefined) return { kind: 'lost' };
  if (failureEffect('NOTIFY', response.status) !== 'transaction') return { kind: 'lost' };
  const seconds = retryAfterSeconds(response);
  return seconds > 0 ? { kind: 'later', seconds } : { kind: 'kept' };
}
