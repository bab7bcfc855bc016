import { createCipheriv } from 'node:crypto';
import type { SrtpSuite } from './srtp-suites.js';

/** Master key and salt of one direction, as long as the suite says. */
export interface SrtpMaster {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
}

export interface SessionKeys {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
  /** Empty with AEAD, which needs none. */
  readonly authentication: Uint8Array;
}

/** RFC 3711 §4.3.2 */
const LABELS = {
  rtp: { key: 0, authentication: 1, salt: 2 },
  rtcp: { key: 3, authentication: 4, salt: 5 },
} as const;
const SHA1_KEY_LENGTH = 20;
const BLOCK = 16;

/** Session keys of one direction (RFC 3711 §4.3.1, RFC 6188 §3, RFC 7714 §11), with a key derivation rate of 0. */
export function deriveKeys(suite: SrtpSuite, master: SrtpMaster, of: 'rtp' | 'rtcp'): SessionKeys {
  const labels = LABELS[of];
  return {
    key: derive(master, labels.key, suite.keyLength),
    salt: derive(master, labels.salt, suite.saltLength),
    authentication:
      suite.cipher === 'aes-cm' ? derive(master, labels.authentication, SHA1_KEY_LENGTH) : new Uint8Array(0),
  };
}

/** The AES counter mode keystream of (salt XOR label · 2^48) · 2^16; a GCM salt is filled up with zeros on the right. */
export function derive({ key, salt }: SrtpMaster, label: number, length: number): Uint8Array {
  const counter = new Uint8Array(BLOCK);
  counter.set(salt);
  counter[7] = (counter[7] ?? 0) ^ label;
  const cipher = createCipheriv(key.length === 32 ? 'aes-256-ctr' : 'aes-128-ctr', key, counter);
  return new Uint8Array(cipher.update(new Uint8Array(length)));
}
