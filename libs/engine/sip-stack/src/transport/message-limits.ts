import type { MessageLimits } from '@carillon/sip-message';
import type { Limits } from '../limits.js';

/** The parser's share of the limits. */
export function messageLimits(limits: Limits): MessageLimits {
  return { maxHeadBytes: limits.maxMessageBytes, maxHeaders: limits.maxHeaders, maxBodyBytes: limits.maxBodyBytes };
}
