import { isIP } from 'node:net';
import { parseSipOrSipsUri } from '@carillon/sip-message';
import { canonicalAddress } from '../transport/sip-flow.js';
import type { SipFlow } from '../transport/sip-flow.js';

/** RFC 1918, 3927, 6598, 4193 and loopback: what a peer at a public address may write without being reached there. */
const PRIVATE =
  /^(?:10\.|127\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd]|fe80|::1$)/i;
const DEFAULT_PORT = 5060;

/**
 * Whether a connection that we dialled is a way to the next hop of a dialog. It may end at a proxy that did not stay in
 * the route set: then requests go to the peer itself (RFC 3261 §12.2.1.1). What a NAT hides is reached no other way.
 */
export function leadsTo(flow: SipFlow, nextHop: string): boolean {
  const uri = parseSipOrSipsUri(nextHop);
  if (uri === undefined) return true;
  const host = (uri.parameters.get('maddr') ?? uri.host).replace(/^\[|\]$/g, '');
  // Where a name leads is found out by asking; the same address and port find this connection again.
  if (isIP(host) === 0) return false;
  if (canonicalAddress(host) !== canonicalAddress(flow.remoteAddress)) {
    return PRIVATE.test(host) && !PRIVATE.test(flow.remoteAddress);
  }
  // Who is named by an address would have to prove it on a new TLS connection, which few can.
  return flow.protocol !== 'tcp' || (uri.port ?? DEFAULT_PORT) === flow.remotePort;
}
