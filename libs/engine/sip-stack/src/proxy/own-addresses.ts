import { networkInterfaces } from 'node:os';
import { parseSipOrSipsUri } from '@carillon/sip-message';
import type { SipUri } from '@carillon/sip-message';
import type { ListenAddress } from '../api/user-agent.js';

const DEFAULT_PORT = 5060;
const DEFAULT_TLS_PORT = 5061;

/** Knows which hosts and ports are ours: in Route, Via and Request-URI. */
export class OwnAddresses {
  private readonly known = new Set<string>();

  constructor(
    listening: readonly ListenAddress[],
    advertisedAddress: string | undefined,
    private readonly isOwnHost: ((host: string) => boolean) | undefined,
  ) {
    for (const { host, port } of listening) {
      for (const address of hostsOf(host)) this.known.add(`${address}:${port}`);
      if (advertisedAddress !== undefined) this.known.add(`${advertisedAddress.toLowerCase()}:${port}`);
    }
  }

  /** @param port undefined when none was written: the default of its protocol counts (RFC 3261 §19.1.2) */
  has(host: string, port: number | undefined, secure = false): boolean {
    if (this.known.has(`${host}:${port ?? (secure ? DEFAULT_TLS_PORT : DEFAULT_PORT)}`)) return true;
    return this.isOwnHost?.(host) === true;
  }

  hasUri(uri: SipUri): boolean {
    const secure = uri.scheme === 'sips' || uri.parameters.get('transport')?.toLowerCase() === 'tls';
    return this.has(uri.host, uri.port, secure);
  }

  /** The URI of a Route value that is ours, else undefined. */
  ownRoute(uri: string): SipUri | undefined {
    const parsed = parseSipOrSipsUri(uri);
    return parsed !== undefined && this.hasUri(parsed) ? parsed : undefined;
  }
}

/** A wildcard stands for every address of this machine. */
function hostsOf(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host.toLowerCase()];
  return Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ address }) => address) ?? []);
}
