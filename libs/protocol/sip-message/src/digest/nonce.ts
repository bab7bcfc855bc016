import { createHmac, timingSafeEqual } from 'node:crypto';

/** Octets of random salt in a nonce. */
export const NONCE_SALT_BYTES = 6;

/**
 * A nonce that proves by itself when it was made and by whom, so that a flood of challenges costs no memory.
 *
 * ```text
 * base64url( | made at, seconds: 4 | salt: 6 | HMAC-SHA-256 of these and the realm: first 16 | )
 * ```
 */
export function buildNonce(parts: { secret: Uint8Array; realm: string; nowSeconds: number; salt: Uint8Array }): string {
  const head = Buffer.alloc(4 + NONCE_SALT_BYTES);
  head.writeUInt32BE(Math.floor(parts.nowSeconds) >>> 0, 0);
  head.set(parts.salt.subarray(0, NONCE_SALT_BYTES), 4);
  return Buffer.concat([head, seal(parts.secret, parts.realm, head)]).toString('base64url');
}

/** @returns age in seconds of a nonce that we made for this realm; undefined when it is not ours */
export function nonceAge(
  nonce: string,
  parts: { secret: Uint8Array; realm: string; nowSeconds: number },
): number | undefined {
  if (!/^[A-Za-z0-9_-]{35}$/.test(nonce)) return undefined;
  const octets = Buffer.from(nonce, 'base64url');
  const head = octets.subarray(0, 4 + NONCE_SALT_BYTES);
  if (!timingSafeEqual(octets.subarray(4 + NONCE_SALT_BYTES), seal(parts.secret, parts.realm, head))) return undefined;
  return Math.floor(parts.nowSeconds) - head.readUInt32BE(0);
}

function seal(secret: Uint8Array, realm: string, head: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(head).update(realm, 'utf8').digest().subarray(0, 16);
}
