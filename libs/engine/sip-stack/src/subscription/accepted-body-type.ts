import type { SipRequest } from '@carillon/sip-message';

/**
 * The first of a package's body types that the subscriber accepts (RFC 6665 §4.1.2.1: without Accept, the package's default).
 * Parameters and q-values are left aside: packages of practice have one type.
 */
export function acceptedBodyType(request: SipRequest, bodyTypes: readonly string[]): string | undefined {
  if (!request.has('Accept')) return bodyTypes[0];
  const accepted = request.tokens('Accept').map((value) => value.split(';', 1)[0]?.trim() ?? '');
  return bodyTypes.find(
    (type) =>
      accepted.includes(type) || accepted.includes(`${type.split('/', 1)[0] ?? ''}/*`) || accepted.includes('*/*'),
  );
}
