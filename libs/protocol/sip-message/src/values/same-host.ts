import { ipv6Groups } from './ipv6-groups.js';

/** Whether two hosts are the same text or the same address: IPv6 has many spellings (RFC 5954 §4.2). */
export function sameHost(left: string, right: string): boolean {
  const a = left.toLowerCase();
  const b = right.toLowerCase();
  if (a === b) return true;
  const address = ipv6Groups(a);
  return address !== undefined && address === ipv6Groups(b);
}
