import { randomBytes } from 'node:crypto';

/** Source of unguessable bytes for tags, branches, Call-IDs and nonces. */
export interface Random {
  bytes(length: number): Uint8Array;
}

/** The machine's cryptographic generator. */
export const systemRandom: Random = { bytes: (length) => randomBytes(length) };
