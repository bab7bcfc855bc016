import { profileOf, type DeviceProfile } from '@carillon/domain';
import { isSipsUri, type IncomingRequest } from '@carillon/sip-stack';

/**
 * Whether the phone that asks for this URI wants TLS on every hop (RFC 5630 §4). Of phones that write `sips:` as soon as they
 * speak TLS themselves it is known that they mean their first hop, on which their dialog stays one of `sips:` (RFC 3261 §12.1.1).
 */
export function asksForEveryHop(
  uri: string,
  { request, source }: Pick<IncomingRequest, 'request' | 'source'>,
  profiles: readonly DeviceProfile[],
): boolean {
  if (!isSipsUri(uri)) return false;
  const phone = { userAgent: request.glance('User-Agent') ?? null, protocol: source.protocol };
  return profileOf(phone, profiles).quirks.sips === 'every-hop';
}
