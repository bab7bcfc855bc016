import type { Settings } from '@carillon/service-runtime';

/**
 * The address that browsers' media is taken at. Where HTTP is on loopback there is a reverse proxy before it, which
 * carries no media: then browsers come to where phones come, and `advertisedAddress` leads there. Where phones come to
 * every address of both families, browsers and phones with DTLS-SRTP do so too.
 */
export function webRtcHost({ http, sip }: Pick<Settings, 'http' | 'sip'>): string {
  if (sip.host === '::' && http.host === '0.0.0.0') return sip.host;
  return isLoopback(http.host) ? sip.host : http.host;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
