import type { IncomingRequest } from '@carillon/sip-stack';

/**
 * Whether a request for a `sips:` URI was sent by its sender in the clear, which it must not be (RFC 3261 §26.2.2). Where others
 * stand in between, a proxy or a server that ends the TLS of WebSockets or of TCP, it was not the sender's doing.
 */
export function cameInClear({ request, source }: Pick<IncomingRequest, 'request' | 'source'>): boolean {
  const { protocol } = source;
  // Its own Via says how it left the sender (§18.1.1).
  const leftByTls = protocol === 'tcp' && request.topVia?.transport === 'TLS';
  return (protocol === 'udp' || protocol === 'tcp') && !leftByTls && request.values('Via').length === 1;
}
