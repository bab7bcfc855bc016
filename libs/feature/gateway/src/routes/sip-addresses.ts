import type { Settings } from '@carillon/service-runtime';

/** Where phones and browsers reach SIP, for the people who set them up. */
export function sipAddresses({ http, sip, advertisedAddress }: Settings, domain: string) {
  const everywhere = http.host === '0.0.0.0' || http.host === '::';
  const host = everywhere ? advertisedAddress : http.host;
  const wssUrl = `ws://${host.includes(':') ? `[${host}]` : host}:${http.port}/sip`;
  return { domain, host: advertisedAddress, udpPort: sip.port, tcpPort: sip.port, wssUrl };
}
