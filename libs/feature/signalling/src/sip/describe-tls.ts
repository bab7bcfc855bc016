import { X509Certificate } from 'node:crypto';
import type { ShownCertificate, SipTls } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import type { CertificateInUse } from '@carillon/service-runtime';
import type { SecureSip } from './secure-sip.js';

/** Says how SIP over TLS stands, for those who set up phones. @returns stops answering */
export function describeTls(bus: Bus, secure: SecureSip | undefined): () => void {
  return bus.handle('sip.describe-tls', () => Promise.resolve({ ok: true as const, tls: tlsState(secure) }));
}

function tlsState(secure: SecureSip | undefined): SipTls {
  if (secure === undefined) return { tlsPort: null, wssPort: null, certificates: [], problem: null };
  const { ports, certificates } = secure;
  return {
    tlsPort: ports.sipPort ?? null,
    wssPort: ports.wssPort ?? null,
    certificates: certificates.inUse.map(shown),
    problem: certificates.problem ?? null,
  };
}

function shown({ chain, chainFile, keyFile, selfMade }: CertificateInUse): ShownCertificate {
  const certificate = new X509Certificate(chain);
  return {
    names: namesOf(certificate),
    issuer: commonName(certificate.issuer),
    selfMade,
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
    fingerprint: certificate.fingerprint256,
    ...{ chainFile, keyFile, pem: onlyCertificates(chain) },
  };
}

/** `DNS:a.example, IP Address:192.0.2.1`; the common name where there are none (RFC 5280 §4.2.1.6). */
function namesOf({ subjectAltName, subject }: X509Certificate): string[] {
  const names = [...(subjectAltName ?? '').matchAll(/(?:DNS|IP Address):([^,"\s]+)/g)].flatMap(
    ([, name]) => name ?? [],
  );
  return names.length > 0 ? names : [commonName(subject)];
}

function commonName(lines: string): string {
  return /^CN=(.*)$/m.exec(lines)?.[1] ?? lines.replaceAll('\n', ', ');
}

/** A file may hold the key beside the certificate. */
function onlyCertificates(pem: string): string {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return `${blocks.join('\n')}\n`;
}
