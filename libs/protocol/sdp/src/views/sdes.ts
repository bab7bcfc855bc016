import type { Attribute } from '../session-description.js';
import type { CryptoAttribute } from './security.js';

/** What a suite of SDES needs to know here; lengths are octets. */
export interface SdesSuite {
  readonly name: string;
  readonly keyLength: number;
  readonly saltLength: number;
}

/** One side's key. */
export interface SdesKey {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
  /** Octets that name the key in each packet (RFC 4568 §6.1); 0 where there are none. */
  readonly mkiLength: number;
}

/** Parameters that change nothing for who receives (RFC 4568 §6.3.1, §6.3.6); a leading `-` makes any optional. */
const HARMLESS_PARAMETER = /^(?:KDR=0|WSH=\d{1,4}|-.*)$/i;

/**
 * The key of a crypto line.
 * @returns undefined where the line must be passed over: key of the wrong length, several keys, or a session parameter
 * that we do not do (RFC 4568 §6.3, §9.1)
 */
export function readSdesKey(crypto: CryptoAttribute, suite: SdesSuite): SdesKey | undefined {
  if (crypto.suite !== suite.name) return undefined;
  if (!crypto.sessionParameters.every((parameter) => HARMLESS_PARAMETER.test(parameter))) return undefined;
  const { inlineKey, keyOptions } = crypto;
  if (inlineKey.length > 128 || !/^[A-Za-z0-9+/]+={0,2}$/.test(inlineKey)) return undefined;
  const octets = Buffer.from(inlineKey, 'base64');
  if (octets.length !== suite.keyLength + suite.saltLength) return undefined;
  const mkiLength = readMkiLength(keyOptions);
  if (mkiLength === undefined) return undefined;
  return {
    key: Uint8Array.from(octets.subarray(0, suite.keyLength)),
    salt: Uint8Array.from(octets.subarray(suite.keyLength)),
    mkiLength,
  };
}

/** `a=crypto` with a key of ours; neither lifetime nor MKI. */
export function cryptoLine(tag: number, suite: string, { key, salt }: Omit<SdesKey, 'mkiLength'>): Attribute {
  return { name: 'crypto', value: `${tag} ${suite} inline:${Buffer.concat([key, salt]).toString('base64')}` };
}

/** `|2^31` is a lifetime, `|1:4` a key's name and its length in packets. */
function readMkiLength(options: readonly string[]): number | undefined {
  let mkiLength = 0;
  for (const option of options) {
    // A bar at the end.
    if (option === '') continue;
    const mki = /^\d{1,20}:(\d{1,3})$/.exec(option);
    const length = Number(mki?.[1]);
    if (mki !== null && length >= 1 && length <= 128) mkiLength = length;
    else if (mki !== null || !/^(?:2\^\d{1,2}|\d{1,20})$/.test(option)) return undefined;
  }
  return mkiLength;
}
