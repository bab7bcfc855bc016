import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { SipUri } from '@carillon/sip-message';
import type { TransportProtocol } from '../api/flow.js';

/** One address to try. */
export interface NextHop {
  readonly protocol: TransportProtocol;
  readonly address: string;
  readonly port: number;
}

export type ResolveHost = (host: string) => Promise<readonly string[]>;

const DEFAULT_PORT = 5060;

/** Names by the system's resolver. SRV and NAPTR (RFC 3263) are for whoever passes `resolveHost`. */
export const systemResolveHost: ResolveHost = async (host) =>
  (await lookup(host, { all: true })).map((found) => found.address);

/**
 * Where a URI leads (RFC 3263 §4, addresses and ports). `found` is called at once for IP addresses, later for names,
 * and with an empty list when there is no way: unknown transport, unknown name.
 */
export function resolveNextHop(uri: SipUri, resolveHost: ResolveHost, found: (hops: readonly NextHop[]) => void): void {
  const protocol = transportOf(uri);
  if (protocol === undefined) {
    found([]);
    return;
  }
  const port = uri.port ?? DEFAULT_PORT;
  const host = uri.parameters.get('maddr') ?? uri.host;
  if (isIP(host) !== 0) {
    found([{ protocol, address: host, port }]);
    return;
  }
  void addressesOf(host, resolveHost).then((addresses) =>
    found(addresses.map((address) => ({ protocol, address, port }))),
  );
}

/** A name that cannot be resolved leads nowhere: the caller answers 503. */
async function addressesOf(host: string, resolveHost: ResolveHost): Promise<readonly string[]> {
  try {
    return await resolveHost(host);
  } catch {
    return [];
  }
}

function transportOf(uri: SipUri): TransportProtocol | undefined {
  switch (uri.parameters.get('transport')?.toLowerCase()) {
    case undefined:
      return uri.scheme === 'sips' ? undefined : 'udp';
    case 'udp':
      return 'udp';
    case 'tcp':
      return 'tcp';
    case 'ws':
    case 'wss':
      return 'ws';
    default:
      return undefined;
  }
}
