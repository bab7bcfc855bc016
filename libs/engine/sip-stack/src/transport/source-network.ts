import { plainAddress, withoutZone } from './sip-flow.js';

/** Groups of 16 bits of a /64, which is what a single link has (RFC 4291 §2.5.1) and a customer gets at least (RFC 6177). */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/**
 * What stands for a peer where it is counted: its IPv4 address, or the /64 of its IPv6 address (`2001:db8:1:2::/64`), of
 * which a host changes the rest at will (RFC 8981). IPv4 in IPv6 is IPv4; this machine is itself. What is already such a
 * network stays as it is.
 */
export function sourceNetwork(address: string): string {
  if (!address.includes(':') || address.includes('/')) return address;
  const plain = plainAddress(withoutZone(address));
  if (!plain.includes(':') || plain === '::1') return plain;
  const [left = '', right] = plain.split('::', 2);
  const head = groupsOf(left);
  const tail = right === undefined ? [] : groupsOf(right);
  const zeros = right === undefined ? 0 : Math.max(0, GROUPS - head.length - tail.length);
  const groups = [...head, ...Array.from({ length: zeros }, () => '0'), ...tail];
  const mapped = mappedAddress(groups);
  if (mapped !== undefined) return mapped;
  const network = groups.slice(0, NETWORK_GROUPS);
  // RFC 5952 §4.2: the zeros at the end are part of what :: stands for.
  while (network.at(-1) === '0') network.pop();
  return `${network.join(':')}::/64`;
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':').map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''));
}

/** `::ffff:c000:201` is 192.0.2.1 (RFC 4291 §2.5.5.2). */
function mappedAddress(groups: readonly string[]): string | undefined {
  if (groups[5] !== 'ffff' || groups.slice(0, 5).some((group) => group !== '0')) return undefined;
  const [high, low] = [groups[6], groups[7]].map((group) => Number.parseInt(group ?? '', 16));
  if (high === undefined || low === undefined || Number.isNaN(high + low)) return undefined;
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}
