import { isIP } from 'node:net';
import { mediaAddressesOf } from '@carillon/sdp';
import type { RemoteOffer } from './phone-leg.js';
import type { PhoneParts } from './phone-parts.js';
import { familyBefore } from './send-to-remote.js';

export type AddressFamily = 'ipv4' | 'ipv6';

/** The address of ours that a peer of this family can send to; the usual one where we have none of it. */
export function addressTowards(
  { advertisedAddress, advertisedAddress6 }: Pick<PhoneParts, 'advertisedAddress' | 'advertisedAddress6'>,
  family: AddressFamily | undefined,
): string {
  return family === 'ipv6' ? (advertisedAddress6 ?? advertisedAddress) : advertisedAddress;
}

/**
 * Of who offers: that of its `c=`, which an answer has to share (RFC 6157 §4.1), or what it says in front of a name.
 * Undefined where it tells none: held by `0.0.0.0`.
 */
export function familyOf({ description, audio }: RemoteOffer): AddressFamily | undefined {
  const media = description.media[audio.index];
  const address = media === undefined ? undefined : mediaAddressesOf(description, media)?.rtp.address;
  if (media === undefined || address === undefined || address === '0.0.0.0') return undefined;
  const family = isIP(address) || familyBefore(description, media);
  return family === 6 ? 'ipv6' : 'ipv4';
}
