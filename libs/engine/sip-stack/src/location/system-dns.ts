import { lookup, Resolver } from 'node:dns/promises';
import type { Dns, DnsAnswer } from './dns.js';

/** Node tells the time to live of addresses alone. */
const SRV_TTL_SECONDS = 60;
/** What the system's own tables say. */
const LOOKUP_TTL_SECONDS = 30;
const NO_RECORDS = new Set(['ENODATA', 'ENOTFOUND', 'NOTFOUND', 'ENONAME']);

export interface SystemDnsOptions {
  /** `address:port` of name servers; the system's when left out. */
  readonly servers?: readonly string[];
  /** For one try of one server. Default 1500. */
  readonly timeoutMilliseconds?: number;
  /** Default 2. */
  readonly tries?: number;
}

/**
 * The name servers of this machine (or those given). Names that only its own tables know (`/etc/hosts`, the network of
 * containers) are found too, unless servers are given.
 */
export function systemDns(options: SystemDnsOptions = {}): Dns {
  const { servers, timeoutMilliseconds = 1500, tries = 2 } = options;
  const resolver = new Resolver({ timeout: timeoutMilliseconds, tries });
  if (servers !== undefined) resolver.setServers(servers);
  return {
    naptr: (name) => answer(() => resolver.resolveNaptr(name), SRV_TTL_SECONDS),
    srv: (name) => answer(() => resolver.resolveSrv(name), SRV_TTL_SECONDS),
    addresses: async (name, family) => {
      const found = await queryAddresses(resolver, name, family);
      return found.kind === 'records' || servers !== undefined ? found : lookUp(name, family, found);
    },
  };
}

async function queryAddresses(resolver: Resolver, name: string, family: 4 | 6): Promise<DnsAnswer<string>> {
  const query = () => (family === 4 ? resolver.resolve4(name, { ttl: true }) : resolver.resolve6(name, { ttl: true }));
  const found = await answer(query, 0);
  if (found.kind !== 'records') return found;
  const ttlSeconds = Math.min(...found.records.map(({ ttl }) => ttl));
  return { kind: 'records', records: found.records.map(({ address }) => address), ttlSeconds };
}

async function lookUp(name: string, family: 4 | 6, otherwise: DnsAnswer<string>): Promise<DnsAnswer<string>> {
  try {
    const records = (await lookup(name, { family, all: true })).map(({ address }) => address);
    return records.length === 0 ? otherwise : { kind: 'records', records, ttlSeconds: LOOKUP_TTL_SECONDS };
  } catch {
    // The system does not know it either: the name servers' answer stands.
    return otherwise;
  }
}

async function answer<T>(query: () => Promise<T[]>, ttlSeconds: number): Promise<DnsAnswer<T>> {
  try {
    const records = await query();
    return records.length === 0 ? { kind: 'none' } : { kind: 'records', records, ttlSeconds };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'UNKNOWN';
    return NO_RECORDS.has(code) ? { kind: 'none' } : { kind: 'failed', code };
  }
}
