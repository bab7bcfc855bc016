import type { SubscriptionEnd } from '../api/subscription.js';
import { retryAfterSeconds } from '../retry-after.js';

/** Whether a subscription is made anew. */
export type Resubscribe =
  | { readonly when: 'now' }
  /** After the usual delay, and at least this long. */
  | { readonly when: 'later'; readonly atLeastSeconds: number }
  | { readonly when: 'never' };

const NOW: Resubscribe = { when: 'now' };
const NEVER: Resubscribe = { when: 'never' };
const later = (atLeastSeconds: number): Resubscribe => ({ when: 'later', atLeastSeconds });

/** Refusals that the same SUBSCRIBE meets again (RFC 6665 §4.1.2.2, RFC 3261 §21.4, §21.6). */
const LASTING: ReadonlySet<number> = new Set([
  400, 401, 402, 403, 404, 405, 406, 407, 410, 413, 414, 415, 416, 420, 421, 484, 485, 489, 493, 501, 505, 513, 603,
  604, 606,
]);

/** Longest retry-after that is believed: a day. */
const LONGEST_RETRY_SECONDS = 86_400;

/** RFC 6665 §4.1.3 */
export function judgeSubscriptionEnd(end: SubscriptionEnd): Resubscribe {
  switch (end.kind) {
    case 'closed':
    case 'fetched':
      return NEVER;
    case 'expired':
      return NOW;
    case 'silent':
      return later(0);
    case 'failed': {
      const { response } = end.failure;
      if (response === undefined) return later(0);
      // The notifier forgot the subscription: a new one is needed (§4.1.2.2).
      if (response.status === 481) return NOW;
      return LASTING.has(response.status) ? NEVER : later(retryAfterSeconds(response));
    }
    case 'terminated':
      switch (end.reason?.toLowerCase()) {
        case 'deactivated':
        case 'timeout':
          return NOW;
        case 'rejected':
        case 'noresource':
        case 'invariant':
          return NEVER;
        default:
          // probation, giveup, none and unknown ones.
          return later(Math.min(end.retryAfter ?? 0, LONGEST_RETRY_SECONDS));
      }
  }
}
