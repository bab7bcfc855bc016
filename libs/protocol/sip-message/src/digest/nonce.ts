import { hash, timingSafeEqual } from 'node:crypto';

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

/** Octets of a block of SHA-256, and of its result. */
const BLOCK_BYTES = 64;
const HASH_BYTES = 32;

/** HMAC-SHA-256 (RFC 2104 §2) out of two plain hashes, which costs a third of what an HMAC object does. */
function seal(secret: Uint8Array, realm: string, head: Uint8Array): Buffer {
  const key = secret.length > BLOCK_BYTES ? hash('sha256', secret, 'buffer') : secret;
  const realmBytes = Buffer.byteLength(realm);
  const inner = Buffer.alloc(BLOCK_BYTES + head.length + realmBytes, 0x36);
  const outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES, 0x5c);
  for (let at = 0; at < key.length; at++) {
    const octet = key[at] ?? 0;
    inner[at] = octet ^ 0x36;
    outer[at] = octet ^ 0x5c;
  }
  inner.set(head, BLOCK_BYTES);
  inner.write(realm, BLOCK_BYTES + head.length);
  outer.set(hash('sha256', inner, 'buffer'), BLOCK_BYTES);
  return hash('sha256', outer, 'buffer').subarray(0, 16);
}
