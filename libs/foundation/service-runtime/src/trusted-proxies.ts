import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** The parts of a request that tell where it comes from. */
export type ProxiedRequest = Pick<IncomingMessage, 'headers'> & {
  readonly socket: { readonly remoteAddress?: string | undefined };
};

type Entry = { readonly address: string; readonly family: 'ipv4' | 'ipv6'; readonly prefix: number };

function parseEntry(text: string): Entry | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return undefined;
  const most = version === 4 ? 32 : 128;
  if (prefix !== undefined && (!/^\d{1,3}$/.test(prefix) || Number(prefix) > most)) return undefined;
  return { address, family: version === 4 ? 'ipv4' : 'ipv6', prefix: prefix === undefined ? most : Number(prefix) };
}

/** Is this an IP address, or a network such as `10.0.0.0/8`? */
export const isProxyEntry = (text: string): boolean => parseEntry(text) !== undefined;

/**
 * The reverse proxies in front of the HTTP server. What they say of a request (`X-Forwarded-For`, `-Host`) is believed;
 * from anybody else it is not even read, since every client can send it.
 */
export class TrustedProxies {
  private readonly list = new BlockList();

  /** @param entries addresses and networks that `isProxyEntry` takes */
  constructor(entries: readonly string[]) {
    for (const text of entries) {
      const entry = parseEntry(text);
      if (entry !== undefined) this.list.addSubnet(entry.address, entry.prefix, entry.family);
    }
  }

  trusts(address: string | undefined): boolean {
    const version = isIP(address ?? '');
    return version !== 0 && this.list.check(address ?? '', version === 4 ? 'ipv4' : 'ipv6');
  }

  /** The client's address: each proxy adds to the end whom it heard, so the first one from there that is no proxy. */
  addressOf({ headers, socket }: ProxiedRequest): string {
    let address = socket.remoteAddress ?? '';
    const hops = entriesOf(headers['x-forwarded-for']);
    while (this.trusts(address)) {
      const before = hops.pop();
      if (before === undefined || isIP(before) === 0) break;
      address = before;
    }
    return address;
  }

  /** The host (and port) that the client asked for. */
  hostOf({ headers, socket }: ProxiedRequest): string {
    const forwarded = this.trusts(socket.remoteAddress) ? entriesOf(headers['x-forwarded-host']).at(-1) : undefined;
    return forwarded ?? headers.host ?? '';
  }
}

function entriesOf(header: string | string[] | undefined): string[] {
  return String(header ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
