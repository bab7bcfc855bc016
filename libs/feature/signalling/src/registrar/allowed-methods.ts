import type { SipRequest } from '@carillon/sip-message';

/** Methods kept of one phone at most: all the RFCs together have fourteen. */
const MOST_METHODS = 32;
/** Method names are tokens in capitals (RFC 3261 §7.1); anything else is left out. */
const METHOD = /^[A-Z]{1,20}$/;

/** What a phone says in Allow that it takes (RFC 3261 §20.5), e.g. `INVITE,ACK,MESSAGE`; null where it does not say. */
export function allowedMethods(request: SipRequest): string | null {
  if (!request.has('Allow')) return null;
  const methods = request.values('Allow').filter((method) => METHOD.test(method));
  return [...new Set(methods)].slice(0, MOST_METHODS).join(',') || null;
}
