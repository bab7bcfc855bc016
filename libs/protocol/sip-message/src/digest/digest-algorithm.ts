import { createHash } from 'node:crypto';

/** Digest algorithms of RFC 7616 and RFC 8760, strongest first. */
export const DIGEST_ALGORITHMS = ['SHA-512-256', 'SHA-256', 'MD5'] as const;
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number];

const NODE_NAMES = { 'SHA-512-256': 'sha512-256', 'SHA-256': 'sha256', MD5: 'md5' } as const;

/** Lower-case hexadecimal. */
export function digestHash(algorithm: DigestAlgorithm, text: string): string {
  return createHash(NODE_NAMES[algorithm]).update(text, 'utf8').digest('hex');
}

/** `MD5` when absent (RFC 7616 §3.3); undefined for algorithms that are not offered, the `-sess` ones included. */
export function parseDigestAlgorithm(text: string | undefined): DigestAlgorithm | undefined {
  if (text === undefined) return 'MD5';
  return DIGEST_ALGORITHMS.find((algorithm) => algorithm === text.toUpperCase());
}
