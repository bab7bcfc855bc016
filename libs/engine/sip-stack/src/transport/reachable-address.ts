import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * The address to write into Via and Contact for a socket bound to `local`. A wildcard means nothing to the peer:
 * loopback peers get loopback, the others this machine's first outward address of the family.
 */
export function reachableAddress(local: string, remote: string | undefined): string {
  if (local !== '0.0.0.0' && local !== '::') return local;
  const family = remote === undefined ? (local === '::' ? 'IPv6' : 'IPv4') : isIPv6(remote) ? 'IPv6' : 'IPv4';
  const loopback = family === 'IPv6' ? '::1' : '127.0.0.1';
  if (remote === '::1' || remote?.startsWith('127.') === true) return loopback;
  for (const addresses of Object.values(networkInterfaces())) {
    const outward = addresses?.find((address) => !address.internal && address.family === family);
    if (outward !== undefined) return outward.address;
  }
  return loopback;
}
