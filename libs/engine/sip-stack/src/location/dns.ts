/** RFC 3403 §4.1, as far as SIP uses it. */
export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly replacement: string;
}

/** RFC 2782 */
export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly name: string;
}

/** `none`: the name or its records do not exist. `failed`: nobody could say. */
export type DnsAnswer<T> =
  | { readonly kind: 'records'; readonly records: readonly T[]; readonly ttlSeconds: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly code: string };

/** Name service as the location of servers needs it. Promises never reject. */
export interface Dns {
  naptr(name: string): Promise<DnsAnswer<NaptrRecord>>;
  srv(name: string): Promise<DnsAnswer<SrvRecord>>;
  /** @returns IP addresses as text */
  addresses(name: string, family: 4 | 6): Promise<DnsAnswer<string>>;
}
