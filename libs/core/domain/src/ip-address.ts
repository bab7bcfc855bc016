const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/**
 * The octets of an IP address: 4 or 16. An IPv4 address that stands at the end of an IPv6 one is read (RFC 4291 §2.2),
 * a zone (`%eth0`) and brackets are left out. @returns undefined for what is no address
 */
export function parseIpAddress(text: string): Uint8Array | undefined {
  const plain = text.replace(/^\[|\]$/g, '').split('%', 1)[0] ?? '';
  return plain.includes(':') ? parseIpv6(plain) : parseIpv4(plain);
}

/** As an IPv6 address; IPv4 as `::ffff:a.b.c.d` (RFC 4291 §2.5.5.2). */
export function toIpv6(octets: Uint8Array): Uint8Array {
  if (octets.length === 16) return octets;
  const wide = new Uint8Array(16);
  wide.set([0xff, 0xff], 10);
  wide.set(octets, 12);
  return wide;
}

/** As people write it; IPv6 by RFC 5952 §4: no leading zeros, small letters, `::` for the longest run of zeros. */
export function formatIpAddress(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  const groups = Array.from({ length: 8 }, (_, at) => ((octets[2 * at] ?? 0) << 8) | (octets[2 * at + 1] ?? 0));
  let [start, length] = [0, 0];
  for (let at = 0; at < 8; at += 1) {
    let run = 0;
    while (groups[at + run] === 0) run += 1;
    if (run > length) [start, length] = [at, run];
  }
  const write = (some: readonly number[]): string => some.map((group) => group.toString(16)).join(':');
  return length < 2 ? write(groups) : `${write(groups.slice(0, start))}::${write(groups.slice(start + length))}`;
}

/** A host as URLs and `host:port` write it: IPv6 in brackets (RFC 3986 §3.2.2). */
export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = IPV4.exec(text)?.slice(1).map(Number);
  return parts === undefined || parts.some((part) => part > 255) ? undefined : Uint8Array.from(parts);
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const left = parseGroups(halves[0] ?? '');
  const right = halves.length === 2 ? parseGroups(halves[1] ?? '') : [];
  if (left === undefined || right === undefined) return undefined;
  const missing = 16 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return Uint8Array.from([...left, ...Array.from({ length: missing }, () => 0), ...right]);
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const octets: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    const four = index === groups.length - 1 ? parseIpv4(group) : undefined;
    if (four !== undefined) octets.push(...four);
    else if (/^[0-9a-f]{1,4}$/i.test(group))
      octets.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
    else return undefined;
  }
  return octets;
}
