import type { SipRequest } from '@carillon/sip-message';
import type { RegistrationRequest } from './plan-registration.js';

/** Option tags of the registrar: a REGISTER may require them. */
export const REGISTRAR_OPTION_TAGS = ['path', 'outbound', 'gruu'] as const;

/** What the phone says in Supported (and Require). */
export interface Extensions {
  readonly path: boolean;
  readonly outbound: boolean;
  readonly gruu: boolean;
}

const NONE: Extensions = { path: false, outbound: false, gruu: false };

export function extensionsOf(request: SipRequest): Extensions {
  if (!request.has('Supported') && !request.has('Require')) return NONE;
  const tags = new Set([...request.tokens('Supported'), ...request.tokens('Require')]);
  return { path: tags.has('path'), outbound: tags.has('outbound'), gruu: tags.has('gruu') };
}

/**
 * Whether reg-id counts (RFC 5626 §6): the phone came straight to us, or its first hop has put itself into Path with `ob`.
 * A phone that does not say that it knows Outbound is not told of the lack.
 */
export function outboundOf(
  request: SipRequest,
  path: readonly string[],
  { outbound }: Extensions,
): RegistrationRequest['outbound'] {
  const direct = path.length === 0 && request.values('Via').length === 1;
  if (direct || /;ob(?=[;>?=]|$)/i.test(path[0] ?? '')) return 'granted';
  return outbound ? 'first-hop-lacks' : 'ignored';
}
