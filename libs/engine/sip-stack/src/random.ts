import { randomBytes } from 'node:crypto';

/** Source of unguessable bytes for tags, branches, Call-IDs and nonces. */
export interface Random {
  bytes(length: number): Uint8Array;
}

/** A call to the system for each nonce would be felt at thousands of requests a second. */
const BLOCK_OCTETS = 4096;

/** The machine's cryptographic generator, drawn in blocks; no octet is given out twice. */
export const systemRandom: Random = drawnInBlocks();

function drawnInBlocks(): Random {
  let block = Buffer.alloc(0);
  return {
    bytes: (length) => {
      if (length > BLOCK_OCTETS) return randomBytes(length);
      if (length > block.length) block = randomBytes(BLOCK_OCTETS);
      const taken = block.subarray(0, length);
      block = block.subarray(length);
      return taken;
    },
  };
}
