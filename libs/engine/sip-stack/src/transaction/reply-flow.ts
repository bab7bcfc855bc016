import type { SipRequest } from '@carillon/sip-message';
import type { SipFlow } from '../transport/sip-flow.js';
import type { TransportLayer } from '../transport/transport-layer.js';

const DEFAULT_PORT = 5060;

/**
 * Where the response to a request goes (RFC 3261 §18.2.2, RFC 3581 §4): the same connection; over UDP the source
 * address, and its port when `rport` was asked for, else the port of the Via. `maddr` is not followed: it would let a
 * stranger aim our answers at anyone.
 */
export function replyFlow(request: SipRequest, source: SipFlow, transport: TransportLayer): SipFlow {
  const via = request.topVia;
  if (via === undefined) return source;
  const sentByPort = via.port ?? DEFAULT_PORT;
  if (source.reliable) {
    if (source.open || source.protocol !== 'tcp') return source;
    // The connection is gone: a new one to the Via's port is the second choice.
    return transport.flowTo('tcp', source.remoteAddress, sentByPort) ?? source;
  }
  if (via.parameters.get('rport') !== undefined || sentByPort === source.remotePort || sentByPort === 0) return source;
  return transport.flowTo('udp', source.remoteAddress, sentByPort) ?? source;
}
