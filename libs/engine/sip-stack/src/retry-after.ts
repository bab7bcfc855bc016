import { parseDeltaSeconds } from '@carillon/sip-message';
import type { SipResponse } from '@carillon/sip-message';

/** Longest Retry-After that is believed: a day. */
const LONGEST_SECONDS = 86_400;

/** Retry-After in seconds, 0 without one. It may carry a comment and parameters (RFC 3261 §20.33). */
export function retryAfterSeconds(response: SipResponse): number {
  const digits = /^\s*\d+/.exec(response.header('Retry-After') ?? '')?.[0];
  return digits === undefined ? 0 : Math.min(parseDeltaSeconds(digits) ?? 0, LONGEST_SECONDS);
}
