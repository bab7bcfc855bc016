import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';

export type OrderedChain =
  | { readonly ok: true; readonly chain: readonly X509Certificate[]; readonly isComplete: boolean }
  | { readonly ok: false; readonly stray: X509Certificate };

/**
 * From a certificate to its authority (RFC 8446 §4.4.2: each certifies the one before it), whatever order they came in. The
 * authority's own certificate is left out: who trusts it has it, and who does not gains nothing.
 */
export function orderChain(leaf: X509Certificate, given: readonly X509Certificate[]): OrderedChain {
  const left = new Map(given.map((one) => [one.fingerprint256, one]));
  left.delete(leaf.fingerprint256);
  const chain = [leaf];
  for (let last = leaf; !issued(last, last);) {
    const issuer = [...left.values()].find((one) => issued(one, last));
    if (issuer === undefined) break;
    left.delete(issuer.fingerprint256);
    chain.push(issuer);
    last = issuer;
  }
  const [stray] = left.values();
  if (stray !== undefined) return { ok: false, stray };
  const last = chain.at(-1) ?? leaf;
  const endsInRoot = issued(last, last);
  const isComplete = endsInRoot || rootCertificates.some((pem) => issued(new X509Certificate(pem), last));
  return { ok: true, chain: endsInRoot && chain.length > 1 ? chain.slice(0, -1) : chain, isComplete };
}

/** By name and by signature. */
function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
