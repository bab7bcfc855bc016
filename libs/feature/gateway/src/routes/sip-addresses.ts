import type { Settings } from '@carillon/service-runtime';

/** What a phone has to be told besides its credentials. */
export type SipAddresses = ReturnType<typeof sipAddresses>;

/**
 * Where phones and browsers reach SIP, for the people who set them up.
 * @param origin by which the reader reaches us: over https it is a proxy's, which SIP over WebSocket goes through as well
 */
export function sipAddresses({ http, sip, advertisedAddress }: Settings, origin: string) {
  const everywhere = http.host === '0.0.0.0' || http.host === '::';
  const host = everywhere ? advertisedAddress : http.host;
  const direct = `ws://${host.includes(':') ? `[${host}]` : host}:${http.port}/sip`;
  const wssUrl = origin.startsWith('https:') ? `${origin.replace(/^https/, 'wss')}/sip` : direct;
  return { host: advertisedAddress, udpPort: sip.port, tcpPort: sip.port, wssUrl };
}
