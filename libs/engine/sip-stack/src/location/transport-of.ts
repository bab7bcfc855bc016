import type { SipUri } from '@carillon/sip-message';
import type { TransportProtocol } from '../api/flow.js';

/**
 * The transport that a URI asks for (RFC 3261 §19.1.1, §26.2.2; RFC 7118 §5.3). `sips` makes TCP TLS and forbids UDP.
 * @returns undefined when it asks for none, `unknown` for one that we do not have
 */
export function transportOf(uri: SipUri): TransportProtocol | 'unknown' | undefined {
  const secure = uri.scheme === 'sips';
  switch (uri.parameters.get('transport')?.toLowerCase()) {
    case undefined:
      return undefined;
    case 'udp':
      return secure ? 'unknown' : 'udp';
    case 'tcp':
      return secure ? 'tls' : 'tcp';
    case 'tls':
      return 'tls';
    case 'ws':
      return secure ? 'wss' : 'ws';
    case 'wss':
      return 'wss';
    default:
      return 'unknown';
  }
}

/** What goes without saying: UDP, TLS for `sips` (RFC 3263 §4.1). */
export function defaultTransport(uri: SipUri): TransportProtocol {
  return uri.scheme === 'sips' ? 'tls' : 'udp';
}
