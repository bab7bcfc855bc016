import { hasOneVia, isSentBy } from '@carillon/sip-message';
import type { SipResponse } from '@carillon/sip-message';
import { canonicalAddress } from '../transport/sip-flow.js';

/**
 * Whether a response is for whoever sent the request: its top Via names us (RFC 3261 §18.1.2), and for a user agent
 * there is no other below it (§8.1.3.3). What is not for us is dropped without a word.
 * @param sentBy of our own Via, in lower case
 */
export function isForUs(response: SipResponse, sentBy: string, passesOn: boolean): boolean {
  if (!isSentBy(response, sentBy) && !isSameAddress(response, sentBy)) return false;
  return passesOn || (response.count('Via') === 1 && hasOneVia(response));
}

/** IPv6 addresses have several spellings (RFC 5118 §4.1), and someone on the way may have chosen another one. */
function isSameAddress(response: SipResponse, sentBy: string): boolean {
  const via = response.topVia;
  const own = /^\[([^\]]+)\](?::(\d+))?$/.exec(sentBy);
  if (via === undefined || own === null) return false;
  const port = own[2] === undefined ? undefined : Number(own[2]);
  return via.port === port && canonicalAddress(via.host) === canonicalAddress(own[1] ?? '');
}
