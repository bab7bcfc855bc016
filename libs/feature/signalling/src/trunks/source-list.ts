import { BlockList, isIP } from 'node:net';

/** Bits of a network's prefix from which on it is taken for one provider's own. */
const NARROW_PREFIX = { 4: 16, 6: 32 } as const;

/** An address, or a network that is not so wide that strangers are in it. */
export function isNarrow(source: string): boolean {
  const [address = '', prefix] = source.split('/', 2);
  return prefix === undefined || Number(prefix) >= NARROW_PREFIX[isIP(address) === 6 ? 6 : 4];
}

/** An address alone. */
export function isSingle(source: string): boolean {
  const [address = '', prefix] = source.split('/', 2);
  return prefix === undefined || Number(prefix) === (isIP(address) === 6 ? 128 : 32);
}

/** Addresses and networks (`192.0.2.0/24`, `2001:db8::/32`) that something comes from. */
export class SourceList {
  private readonly list = new BlockList();

  /** What is no address or network is left out. */
  constructor(sources: readonly string[]) {
    for (const source of sources) this.add(source);
  }

  has(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.list.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }

  add(source: string): void {
    const [address = '', prefix] = source.split('/', 2);
    const version = isIP(address);
    if (version === 0) return;
    const family = version === 6 ? 'ipv6' : 'ipv4';
    const bits = prefix === undefined ? undefined : Number(prefix);
    if (bits === undefined) this.list.addAddress(address, family);
    else if (Number.isInteger(bits) && bits >= 0 && bits <= (version === 6 ? 128 : 32))
      this.list.addSubnet(address, bits, family);
  }
}
