import type { RequestFailure } from '../api/request-outcome.js';
import { failureEffect } from '../dialog/failure-effect.js';
import { retryAfterSeconds } from '../retry-after.js';

/** What a failed NOTIFY means for its subscription (RFC 6665 §4.2.2, RFC 5057 §5). */
export type NotifyFailureEffect =
  /** The subscriber has no such subscription. */
  | { readonly kind: 'lost' }
  /** Nobody was there to take it: Timer F, or no way to the subscriber. */
  | { readonly kind: 'unheard' }
  /** It is busy: the state is sent again then. */
  | { readonly kind: 'later'; readonly seconds: number }
  /** Only this NOTIFY failed, and would fail again. */
  | { readonly kind: 'kept' };

/** Refusals that say nothing of the state itself: it may be taken a moment later (RFC 3261 §21.4.27, §21.5). */
const PASSING: ReadonlySet<number> = new Set([491, 500, 503, 504]);
/** What is shown would be wrong until the next change: so the state goes again after these, where no time is given. */
const RETRY_SECONDS = [1, 4] as const;

/** @param refusals how often this state was refused for the moment before */
export function judgeNotifyFailure(failure: RequestFailure, refusals: number): NotifyFailureEffect {
  const { response } = failure;
  if (response === undefined) return { kind: 'unheard' };
  if (failureEffect('NOTIFY', response.status) !== 'transaction') return { kind: 'lost' };
  const given = retryAfterSeconds(response);
  const seconds = given > 0 || !PASSING.has(response.status) ? given : (RETRY_SECONDS[refusals] ?? 0);
  return seconds > 0 ? { kind: 'later', seconds } : { kind: 'kept' };
}
