import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { certificateIdentities, certificateNames } from './certificate-identities.js';
import type { TlsContexts } from './tls-contexts.js';

/**
 * Begins a TLS connection to an address on behalf of a host that a URI named. The server must prove that it is this
 * host (RFC 5922 §7.3), unless the policy for the host says otherwise; the socket then fails with an `error`.
 */
export function dialTls(contexts: TlsContexts, to: { address: string; port: number; serverName: string }): TLSSocket {
  const { address, port, serverName } = to;
  const verification = contexts.verification(serverName);
  return connect({
    host: address,
    port,
    // RFC 6066 §3 has no literal addresses in SNI.
    servername: isIP(serverName) === 0 ? serverName : '',
    secureContext: contexts.clientContext(verification),
    rejectUnauthorized: verification !== 'insecure',
    checkServerIdentity: (_name, certificate) =>
      certificateNames(new X509Certificate(certificate.raw), serverName)
        ? undefined
        : new Error(`The certificate of ${address} does not name ${serverName}`),
  });
}

/** Who the server proved to be; nobody where nothing was checked. */
export function serverIdentities(socket: TLSSocket): string[] {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  return certificate === undefined ? [] : certificateIdentities(certificate);
}
