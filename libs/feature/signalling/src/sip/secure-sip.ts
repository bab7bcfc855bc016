import type { ListenAddress, TlsOptions } from '@carillon/sip-stack';
import type { Certificates, LoadedCertificates, Settings } from '@carillon/service-runtime';

/** SIP over TLS and secure WebSockets: where, and with which certificates. */
export interface SecureSip {
  readonly ports: Pick<Settings['tls'], 'sipPort' | 'wssPort'>;
  readonly certificates: Certificates;
}

/** Where SIP is taken: UDP and TCP on one port, TLS and WSS on theirs; `::` means both families. */
export function listenAddresses(sip: Settings['sip'], secure: SecureSip | undefined): ListenAddress[] {
  const ports = [
    { protocol: 'udp', port: sip.port },
    { protocol: 'tcp', port: sip.port },
    { protocol: 'tls', port: secure?.ports.sipPort },
    { protocol: 'wss', port: secure?.ports.wssPort },
  ] as const;
  const hosts = sip.host === '::' ? ['0.0.0.0', '::'] : [sip.host];
  return ports.flatMap(({ protocol, port }) =>
    port === undefined ? [] : hosts.map((host) => ({ protocol, host, port })),
  );
}

/** The certificates as the SIP stack takes them. */
export function tlsOptions({ certificates, clients, peers }: LoadedCertificates): TlsOptions {
  return {
    certificates,
    ...(clients === undefined ? {} : { clients }),
    verification: (host) => peers.get(host.toLowerCase()) ?? 'verify',
  };
}
