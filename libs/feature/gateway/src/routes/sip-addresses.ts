import { hostInUrl } from '@carillon/domain';
import type { Settings } from '@carillon/service-runtime';

/** What a phone has to be told besides its credentials. */
export type SipAddresses = ReturnType<typeof sipAddresses>;

/**
 * Where phones and browsers reach SIP, for the people who set them up.
 * @param origin by which the reader reaches us: over https it is a proxy's, which SIP over WebSocket goes through as well;
 * else a port of our own for secure WebSockets, where there is one, is better than the portal's, which has no TLS
 */
export function sipAddresses({ http, sip, tls, advertisedAddress }: Settings, origin: string) {
  const everywhere = http.host === '0.0.0.0' || http.host === '::';
  const host = everywhere ? advertisedAddress : http.host;
  const direct =
    tls.wssPort === undefined
      ? `ws://${hostInUrl(host)}:${http.port}/sip`
      : `wss://${hostInUrl(advertisedAddress)}:${tls.wssPort}/sip`;
  const wssUrl = origin.startsWith('https:') ? `${origin.replace(/^https/, 'wss')}/sip` : direct;
  return { host: advertisedAddress, udpPort: sip.port, tcpPort: sip.port, tlsPort: tls.sipPort ?? null, wssUrl };
}
