import type { SipResponse } from '@carillon/sip-message';
import { canonicalAddress } from '../transport/sip-flow.js';

/** `host:port` of a Via value that we wrote, as {@link isForUs} wants it. */
export function sentByOf(via: string): string {
  return via.slice(via.indexOf(' ') + 1, via.indexOf(';')).toLowerCase();
}

/**
 * Whether a response is for whoever sent the request: its top Via names us (RFC 3261 §18.1.2), and for a user agent
 * there is no other below it (§8.1.3.3). What is not for us is dropped without a word.
 * @param sentBy of our own Via
 */
export function isForUs(response: SipResponse, sentBy: string, passesOn: boolean): boolean {
  if (response.sentBy !== sentBy && !isSameAddress(response, sentBy)) return false;
  return passesOn || !hasSeveralVias(response);
}

/** IPv6 addresses have several spellings (RFC 5118 §4.1), and someone on the way may have chosen another one. */
function isSameAddress(response: SipResponse, sentBy: string): boolean {
  const via = response.topVia;
  const own = /^\[([^\]]+)\](?::(\d+))?$/.exec(sentBy);
  if (via === undefined || own === null) return false;
  const port = own[2] === undefined ? undefined : Number(own[2]);
  return via.port === port && canonicalAddress(via.host) === canonicalAddress(own[1] ?? '');
}

function hasSeveralVias(response: SipResponse): boolean {
  if (response.count('Via') > 1) return true;
  return response.header('Via')?.includes(',') === true && response.values('Via').length > 1;
}
