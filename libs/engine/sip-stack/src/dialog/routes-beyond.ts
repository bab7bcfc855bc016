import { parseNameAddress } from '@carillon/sip-message';
import type { SipResponse } from '@carillon/sip-message';

/**
 * The URIs of a response's Record-Route that proxies behind us have put on top, the last one first (RFC 3261 §16.6 item 4).
 * @param before how many values the request had when it left
 */
export function routesBeyond(response: SipResponse, before: number): string[] {
  const values = response.values('Record-Route');
  return values.slice(0, Math.max(0, values.length - before)).flatMap((value) => parseNameAddress(value)?.uri ?? []);
}
