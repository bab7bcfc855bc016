import { isIPv6 } from 'node:net';
import type { RequestFailure, UserAgent } from '@carillon/sip-stack';

const SERVICE_UNAVAILABLE = 503;

/** One address of each family in which a trunk is reached, in the order in which they are tried (RFC 3263 §4.2, RFC 7984 §4.2). */
export async function addressOfEachFamily(
  userAgent: Pick<UserAgent, 'addressesOf'>,
  target: string,
): Promise<readonly string[]> {
  const addresses = await userAgent.addressesOf(target);
  const firstOf = (address: string): string | undefined => addresses.find((other) => isIPv6(other) === isIPv6(address));
  return addresses.filter((address) => firstOf(address) === address);
}

/** An offer names an address of one family: servers of the other one are called with an offer of theirs. */
export function familyOf(address: string): 4 | 6 {
  return isIPv6(address) ? 6 : 4;
}

/** Whether it says nothing of who is called (RFC 3263 §4.3): a server of the other family may do. */
export function isOfServer({ cause, status }: RequestFailure): boolean {
  return cause === 'transport' || cause === 'timeout' || status === SERVICE_UNAVAILABLE;
}
