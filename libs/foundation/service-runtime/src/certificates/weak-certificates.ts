import type { KeyObject, X509Certificate } from 'node:crypto';
import { X509Certificate as ParsedCertificate } from '@peculiar/x509';

/** Below this, RSA is not taken (NIST SP 800-57 part 1 §5.6.1, RFC 7525 §4.3). */
const MIN_RSA_BITS = 2_048;
/** Curves that TLS libraries of phones know. */
const CURVES: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
/** Object identifiers of RSA with MD2, MD4 and MD5 (RFC 8017 Appendix C), which have no name any more. */
const OLD_SIGNATURE = /^1\.2\.840\.113549\.1\.1\.[234]$/;
const ASK = 'use RSA with 2048 bits or more, or ECDSA with P-256 or P-384';

interface Signature {
  readonly name: string;
  readonly hash?: { readonly name: string };
}

/** @returns in words, why a key should not be used */
export function weaknessOfKey({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | undefined {
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  const curve = asymmetricKeyDetails?.namedCurve ?? '';
  switch (asymmetricKeyType) {
    case 'rsa':
      return bits >= MIN_RSA_BITS ? undefined : `A key of ${bits} bits is too weak: ${ASK}.`;
    case 'ec':
      return CURVES.has(curve) ? undefined : `Phones do not know the curve ${curve}: ${ASK}.`;
    default:
      return `Phones do not know keys of the type ${asymmetricKeyType ?? 'given'}: ${ASK}.`;
  }
}

/** @returns in words, why nobody should believe who signed this certificate (RFC 9155) */
export function weaknessOfSignature(certificate: X509Certificate, name: string): string | undefined {
  const weakKey = weaknessOfIssuer(certificate);
  if (weakKey !== undefined) return `The certificate of ${name}: ${weakKey}`;
  const { name: algorithm, hash } = new ParsedCertificate(certificate.raw).signatureAlgorithm as Signature;
  const isForgeable = /^(?:SHA-1|MD5)$/i.test(hash?.name ?? '') || OLD_SIGNATURE.test(algorithm);
  return isForgeable ? `The certificate of ${name} has a signature that can be forged: ask for a new one.` : undefined;
}

/** What links to an authority may have any key that verifies, but no short one. */
function weaknessOfIssuer({ publicKey }: X509Certificate): string | undefined {
  return publicKey.asymmetricKeyType === 'rsa' ? weaknessOfKey(publicKey) : undefined;
}
