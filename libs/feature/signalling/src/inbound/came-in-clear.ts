import type { IncomingRequest } from '@carillon/sip-stack';

/**
 * Whether a request for a `sips:` URI was sent by its sender in the clear, which it must not be (RFC 3261 §26.2.2). Where others
 * stand in between, a proxy or a web server that ends the TLS of WebSockets, it was not the sender's doing.
 */
export function cameInClear({ request, source }: Pick<IncomingRequest, 'request' | 'source'>): boolean {
  const { protocol } = source;
  return (protocol === 'udp' || protocol === 'tcp') && request.values('Via').length === 1;
}
