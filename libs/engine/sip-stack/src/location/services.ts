import type { TransportProtocol } from '../api/flow.js';
import type { NaptrRecord } from './dns.js';

/** One way to reach a domain: its transport, its NAPTR service and its SRV name (RFC 3263 §4.1, RFC 7118 §5.3). */
export interface SipService {
  readonly protocol: TransportProtocol;
  readonly naptr: string;
  readonly srv: string;
  readonly defaultPort: number;
}

/** In the order that we try them when a domain has no preference of its own. */
const BY_PROTOCOL: Readonly<Record<TransportProtocol, SipService>> = {
  udp: { protocol: 'udp', naptr: 'SIP+D2U', srv: '_sip._udp', defaultPort: 5060 },
  tcp: { protocol: 'tcp', naptr: 'SIP+D2T', srv: '_sip._tcp', defaultPort: 5060 },
  tls: { protocol: 'tls', naptr: 'SIPS+D2T', srv: '_sips._tcp', defaultPort: 5061 },
  ws: { protocol: 'ws', naptr: 'SIP+D2W', srv: '_sip._ws', defaultPort: 80 },
  wss: { protocol: 'wss', naptr: 'SIPS+D2W', srv: '_sips._ws', defaultPort: 443 },
};

export const SERVICES: readonly SipService[] = Object.values(BY_PROTOCOL);

export function serviceOf(protocol: TransportProtocol): SipService {
  return BY_PROTOCOL[protocol];
}

export interface ChosenNaptr {
  readonly service: SipService;
  /** Name of the SRV records. */
  readonly replacement: string;
}

/**
 * The NAPTR records that we can follow, best first (RFC 3263 §4.1): by order, then preference; only those that lead to
 * SRV records (flag `s`) of services we support.
 */
export function chooseNaptr(records: readonly NaptrRecord[], supported: ReadonlySet<TransportProtocol>): ChosenNaptr[] {
  return [...records]
    .sort((one, other) => one.order - other.order || one.preference - other.preference)
    .flatMap(({ flags, service, replacement }) => {
      const found = SERVICES.find(({ naptr }) => naptr === service.toUpperCase());
      const usable = found !== undefined && supported.has(found.protocol) && flags.toLowerCase() === 's';
      return usable && replacement !== '' && replacement !== '.' ? [{ service: found, replacement }] : [];
    });
}
