import { isIP } from 'node:net';
import type { SipUri } from '@carillon/sip-message';
import type { TransportProtocol } from '../api/flow.js';
import type { Dns, DnsAnswer, SrvRecord } from './dns.js';
import { canonicalAddress, plainAddress } from '../transport/sip-flow.js';
import { orderSrv } from './order-srv.js';
import { chooseNaptr, serviceOf, SERVICES } from './services.js';
import type { SipService } from './services.js';
import type { Reaches, Target } from './target.js';
import { defaultTransport, transportOf } from './transport-of.js';

/** Bounds on what a domain may make us ask and try. */
const MAX_NAPTR = 8;
const MAX_SRV = 16;
const MAX_ADDRESSES = 8;
const MAX_TARGETS = 32;

export interface LocateOptions {
  readonly dns: Dns;
  /** In [0, 1) */
  readonly random: () => number;
  readonly reaches: Reaches;
}

/** `maddr` beats the host (RFC 3263 §4); multicast is not sent to. */
function hostOf(uri: SipUri): string | undefined {
  const host = (uri.parameters.get('maddr') ?? uri.host).replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return isMulticast(host) || host.includes('%') ? undefined : host;
}

/** The only target of a URI with an address instead of a name; undefined when it has a name. No way: an empty list. */
export function locateAddress(uri: SipUri): readonly Target[] | undefined {
  const host = hostOf(uri);
  if (host === undefined) return [];
  if (isIP(host) === 0) return undefined;
  const protocol = transportOf(uri) ?? defaultTransport(uri);
  if (protocol === 'unknown') return [];
  // An IPv4 address in the clothes of IPv6 (RFC 4291 §2.5.5.2) is reached over IPv4.
  const address = plainAddress(canonicalAddress(host));
  return [{ protocol, address, port: uri.port ?? serviceOf(protocol).defaultPort, serverName: uri.host }];
}

/**
 * Where a URI leads, best first (RFC 3263 §4): transport by NAPTR, port by SRV, addresses of both families by RFC 7984.
 * Never rejects; an empty list when there is no way.
 */
export async function locate(uri: SipUri, options: LocateOptions): Promise<readonly Target[]> {
  const numeric = locateAddress(uri);
  if (numeric !== undefined) return numeric;
  const host = hostOf(uri);
  const asked = transportOf(uri);
  if (host === undefined || asked === 'unknown') return [];
  const to = { host, serverName: uri.host, options };
  if (uri.port !== undefined) {
    // §4.2: an explicit port means that SRV has nothing to add.
    return resolveAddresses(to, { protocol: asked ?? defaultTransport(uri), name: host, port: uri.port });
  }
  const sets = asked === undefined ? await serviceSets(uri, to) : [await srvSet(serviceOf(asked), host, options.dns)];
  const known = sets.filter((set) => set.answer.kind === 'records');
  if (known.length === 0) {
    const protocol = asked ?? defaultTransport(uri);
    return resolveAddresses(to, { protocol, name: host, port: serviceOf(protocol).defaultPort });
  }
  const targets: Target[] = [];
  for (const { service, answer } of known) {
    if (answer.kind !== 'records') continue;
    // RFC 2782: a single "." says that the service is not there.
    // The best of them, however they came.
    const records = orderSrv(answer.records, options.random)
      .filter(({ name }) => name !== '' && name !== '.')
      .slice(0, MAX_SRV);
    const found = records.map(({ name, port }) => resolveAddresses(to, { protocol: service.protocol, name, port }));
    targets.push(...(await Promise.all(found)).flat());
  }
  return targets.slice(0, MAX_TARGETS);
}

interface Located {
  readonly host: string;
  readonly serverName: string;
  readonly options: LocateOptions;
}

interface SrvSet {
  readonly service: SipService;
  readonly answer: DnsAnswer<SrvRecord>;
}

/** SRV records of the services that the domain names by NAPTR, else of all that we have (§4.1). */
async function serviceSets(uri: SipUri, { host, options }: Located): Promise<SrvSet[]> {
  const { dns, reaches } = options;
  const usable = SERVICES.filter(
    ({ protocol, naptr }) =>
      (reaches(protocol, 4) || reaches(protocol, 6)) && (uri.scheme !== 'sips' || naptr.startsWith('SIPS')),
  );
  const supported = new Set<TransportProtocol>(usable.map(({ protocol }) => protocol));
  const naptr = await dns.naptr(host);
  const chosen = naptr.kind === 'records' ? chooseNaptr(naptr.records, supported).slice(0, MAX_NAPTR) : [];
  if (chosen.length > 0) {
    return Promise.all(
      chosen.map(async ({ service, replacement }) => ({ service, answer: await dns.srv(replacement) })),
    );
  }
  return Promise.all(usable.map((service) => srvSet(service, host, dns)));
}

async function srvSet(service: SipService, host: string, dns: Dns): Promise<SrvSet> {
  return { service, answer: await dns.srv(`${service.srv}.${host}`) };
}

/** Both families of one name; IPv6 first, as RFC 6724 has it where both are there (RFC 7984 §4.2). */
async function resolveAddresses(
  { serverName, options }: Located,
  to: { protocol: TransportProtocol; name: string; port: number },
): Promise<Target[]> {
  const { protocol, name, port } = to;
  const { dns, reaches } = options;
  if (isIP(name) !== 0) {
    const family = isIP(name) === 6 ? 6 : 4;
    return reaches(protocol, family) ? [{ protocol, address: name, port, serverName }] : [];
  }
  const families = ([6, 4] as const).filter((family) => reaches(protocol, family));
  const answers = await Promise.all(families.map((family) => addressesOf(dns, name, family)));
  return answers
    .flatMap((addresses) => addresses.slice(0, MAX_ADDRESSES))
    .map((address) => ({ protocol, address, port, serverName }));
}

async function addressesOf(dns: Dns, name: string, family: 4 | 6): Promise<readonly string[]> {
  // RFC 6761 §6.3: this name is never asked for.
  if (/^(?:.+\.)?localhost$/i.test(name)) return [family === 4 ? '127.0.0.1' : '::1'];
  const answer = await dns.addresses(name, family);
  return answer.kind === 'records' ? answer.records.filter((address) => !isMulticast(address)) : [];
}

/** 224.0.0.0/4 and ff00::/8 */
function isMulticast(host: string): boolean {
  switch (isIP(host)) {
    case 4:
      return Number(host.split('.', 1)[0]) >= 224;
    case 6:
      return /^ff/i.test(host);
    default:
      return false;
  }
}
