import type { SipRequest } from '@carillon/sip-message';

/** RFC 5031 §4.2: labels are compared without case, and a service that is not known stands for the one above it. */
const SOS = /^urn:service:sos(?:\.[a-z0-9-]{1,63}){0,8}$/i;

/**
 * Whether a caller asks for an emergency service by its name (`urn:service:sos`, `urn:service:sos.fire`; RFC 5031 §4.2): in the
 * Request-URI, or in To, which keeps it where the Request-URI already says who is to answer.
 */
export function asksForHelp({ uriText, to }: Pick<SipRequest, 'uriText' | 'to'>): boolean {
  return isEmergencyService(uriText) || (to !== undefined && isEmergencyService(to.uri));
}

export function isEmergencyService(uri: string): boolean {
  return SOS.test(uri);
}
