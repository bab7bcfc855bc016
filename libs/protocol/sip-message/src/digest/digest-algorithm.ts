import { hash } from 'node:crypto';

/** Digest algorithms of RFC 7616 and RFC 8760, strongest first. */
export const DIGEST_ALGORITHMS = ['SHA-512-256', 'SHA-256', 'MD5'] as const;
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number];

const NODE_NAMES = { 'SHA-512-256': 'sha512-256', 'SHA-256': 'sha256', MD5: 'md5' } as const;
const SESSION = '-SESS';

/** Lower-case hexadecimal (RFC 8760 §2.2). Text is hashed as UTF-8. */
export function digestHash(algorithm: DigestAlgorithm, content: string | Uint8Array): string {
  // In one go: a hash object would cost twice as much for texts as short as these.
  return hash(NODE_NAMES[algorithm], content, 'hex');
}

/** `MD5` when absent (RFC 7616 §3.3); undefined for algorithms that are not known, the `-sess` ones included. */
export function parseDigestAlgorithm(text: string | undefined): DigestAlgorithm | undefined {
  if (text === undefined) return 'MD5';
  return DIGEST_ALGORITHMS.find((algorithm) => algorithm === text.toUpperCase());
}

/** An `algorithm` parameter: the hash, and whether A1 is bound to the nonces (`-sess`, RFC 7616 §3.4.2). */
export interface DigestVariant {
  readonly algorithm: DigestAlgorithm;
  readonly session: boolean;
}

/** As nearly everybody writes them. */
const MD5: DigestVariant = { algorithm: 'MD5', session: false };
const SHA_256: DigestVariant = { algorithm: 'SHA-256', session: false };

/** @returns undefined for algorithms that are not known */
export function parseDigestVariant(text: string | undefined): DigestVariant | undefined {
  if (text === undefined || text === 'MD5') return MD5;
  if (text === 'SHA-256') return SHA_256;
  const session = text.toUpperCase().endsWith(SESSION);
  const algorithm = parseDigestAlgorithm(session ? text.slice(0, -SESSION.length) : text);
  return algorithm === undefined ? undefined : { algorithm, session };
}

/** The `algorithm` parameter's text, e.g. `SHA-256-sess`. */
export function buildDigestVariant(variant: { algorithm: DigestAlgorithm; session?: boolean | undefined }): string {
  return variant.session === true ? `${variant.algorithm}-sess` : variant.algorithm;
}
