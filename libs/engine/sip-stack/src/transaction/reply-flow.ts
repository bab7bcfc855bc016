import type { SipRequest } from '@carillon/sip-message';
import type { SipFlow } from '../transport/sip-flow.js';
import type { TransportLayer } from '../transport/transport-layer.js';

const DEFAULT_PORT = 5060;
const DEFAULT_TLS_PORT = 5061;

/**
 * Port of the source address that responses go to (RFC 3261 §18.2.2, RFC 3581 §4): where the request came from when
 * `rport` was asked for, else the port of the Via. Kept instead of the request.
 */
export function replyPort(request: SipRequest, source: Pick<SipFlow, 'protocol' | 'reliable' | 'remotePort'>): number {
  const way = request.returnPath;
  const via = way ?? request.topVia;
  const sentByPort = via?.port ?? (source.protocol === 'tls' ? DEFAULT_TLS_PORT : DEFAULT_PORT);
  if (source.reliable) return sentByPort;
  const asksForPort = way === undefined ? request.topVia?.parameters.has('rport') !== false : way.openPort >= 0;
  return sentByPort === 0 || asksForPort ? source.remotePort : sentByPort;
}

/**
 * Where the responses of a request go: the same connection; over UDP the source address. `maddr` is not followed: it
 * would let a stranger aim our answers at anyone.
 */
export function replyFlow(source: SipFlow, port: number, transport: TransportLayer): SipFlow {
  if (source.reliable) {
    if (source.open || (source.protocol !== 'tcp' && source.protocol !== 'tls')) return source;
    // The connection is gone: a new one to the Via's port is the second choice.
    return transport.flowTo(source.protocol, source.remoteAddress, port) ?? source;
  }
  return port === source.remotePort ? source : (transport.flowTo('udp', source.remoteAddress, port) ?? source);
}
