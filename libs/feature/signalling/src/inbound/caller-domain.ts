import { parseSipOrSipsUri, type SipRequest } from '@carillon/sip-message';

/** A domain that is nobody's (RFC 2606 §2). */
const NOBODY = /(?:^|\.)invalid$/i;

/** The caller wrote a From that says nothing: `sip:anonymous@anonymous.invalid` or its like (RFC 3323 §4.1.1.3). */
export function withholdsOrigin(request: SipRequest): boolean {
  return NOBODY.test(hostOf(request.from?.uri) ?? '');
}

/** From names no domain at all: it is withheld, or a telephone number (RFC 3261 §20.20). */
export function namesNoDomain(request: SipRequest): boolean {
  const host = hostOf(request.from?.uri);
  return host === undefined || NOBODY.test(host);
}

/**
 * The host that names the organisation of whoever sends a request: From's. Where that names none, it is the
 * Request-URI's: who calls without a name calls numbers of the own organisation.
 */
export function callerDomain(request: SipRequest): string | undefined {
  const host = hostOf(request.from?.uri);
  return host === undefined || NOBODY.test(host) ? hostOf(request.uriText) : host;
}

/** Undefined where the URI has none. */
export function hostOf(uri: string | undefined): string | undefined {
  return uri === undefined ? undefined : parseSipOrSipsUri(uri)?.host;
}

/** Undefined where the URI has none. */
export function userOf(uri: string | undefined): string | undefined {
  return uri === undefined ? undefined : parseSipOrSipsUri(uri)?.user;
}
