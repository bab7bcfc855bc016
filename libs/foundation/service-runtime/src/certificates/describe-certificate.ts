import { X509Certificate } from 'node:crypto';
import { certificateNames } from './certificate-names.js';
import { orderChain } from './order-chain.js';

/** What a chain of certificates says of itself, for people. */
export interface DescribedCertificate {
  readonly names: string[];
  readonly issuer: string;
  /** ISO 8601, UTC. */
  readonly validFrom: string;
  readonly validTo: string;
  /** SHA-256 of it, in hexadecimal with colons. */
  readonly fingerprint: string;
  /** Certificates alone, whatever else the text held. */
  readonly pem: string;
}

/** @param chain PEM with a certificate, first @throws Error where there is none */
export function describeCertificate(chain: string): DescribedCertificate {
  const certificate = new X509Certificate(chain);
  return {
    names: certificateNames(certificate),
    issuer: /^CN=(.*)$/m.exec(certificate.issuer)?.[1] ?? certificate.issuer.replaceAll('\n', ', '),
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
    fingerprint: certificate.fingerprint256,
    pem: `${certificatesOf(chain).join('\n')}\n`,
  };
}

/** Whether it leads to an authority that programs know, without a gap. */
export function isChainComplete(chain: string): boolean {
  const [leaf, ...others] = certificatesOf(chain).map((pem) => new X509Certificate(pem));
  if (leaf === undefined) return false;
  const ordered = orderChain(leaf, others);
  return ordered.ok && ordered.isComplete;
}

/** A file may hold the key beside the certificate. */
function certificatesOf(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
