const SERVICE_ID =
  /^urn:urn-7:(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/i;
/** Longest that is looked at. */
const LONGEST = 256;

/**
 * One value of P-Asserted-Service or P-Preferred-Service (RFC 6050 §4.4), e.g. `urn:urn-7:3gpp-service.ims.icsi.mmtel`.
 * @returns undefined when malformed
 */
export function parseServiceId(text: string): string | undefined {
  const service = text.trim();
  return service.length <= LONGEST && SERVICE_ID.test(service) ? service : undefined;
}

export function buildServiceId(service: string): string {
  return service;
}
