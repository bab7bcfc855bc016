import { randomBytes } from 'node:crypto';
import { SRTP_SUITES, type SrtpKeys, type SrtpSuite } from '@carillon/media-engine';
import {
  cryptoLine,
  cryptosOf,
  readSdesKey,
  type AgreedAudio,
  type Attribute,
  type CryptoAttribute,
} from '@carillon/sdp';
import type { LegSecurity, OurSdesKey, SdesSecurity } from './leg-security.js';

/** In an offer: what every phone knows, what is best, and what phones of limited bandwidth want. */
const OFFERED_SUITES = ['AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_256_GCM', 'AES_CM_128_HMAC_SHA1_32'] as const;

/** Our side of an offer of ours. */
export function sdesToOffer(protocol: SdesSecurity['protocol']): SdesSecurity {
  const ours = OFFERED_SUITES.flatMap((name, index) => {
    const suite = suiteOf(name);
    return suite === undefined ? [] : [newKey(index + 1, suite)];
  });
  return { kind: 'sdes', protocol, ours };
}

/** Our side of an answer: the offered tag, and the key that we use already where the suite stays (RFC 4568 §7.1.4). */
export function sdesToAnswer(before: LegSecurity, protocol: string, crypto: CryptoAttribute): SdesSecurity {
  const known = before.kind === 'sdes' ? before.ours.find(({ suite }) => suite === crypto.suite) : undefined;
  const suite = suiteOf(crypto.suite);
  const ours = known ?? (suite === undefined ? undefined : newKey(crypto.tag, suite));
  return { kind: 'sdes', protocol, ours: ours === undefined ? [] : [{ ...ours, tag: crypto.tag }] };
}

/** Our crypto lines. */
export function sdesLines({ ours }: SdesSecurity): Attribute[] {
  return ours.map(({ tag, suite, ...key }) => cryptoLine(tag, suite, key));
}

export type AgreedSdes =
  | { readonly kind: 'keys'; readonly keys: SrtpKeys }
  /** They took the audio and left the keys: plain RTP, where RTP/AVP was offered (RFC 8643 §3.2). */
  | { readonly kind: 'plain' }
  | { readonly kind: 'refused' };

/** Both directions' keys, once their description is known: tag and suite must be ours (RFC 4568 §5.1.3). */
export function agreeSdes({ ours, protocol }: SdesSecurity, { remoteMedia }: AgreedAudio): AgreedSdes {
  for (const crypto of cryptosOf(remoteMedia)) {
    const own = ours.find(({ tag, suite }) => tag === crypto.tag && suite === crypto.suite);
    const suite = suiteOf(crypto.suite);
    const theirs = own === undefined || suite === undefined ? undefined : readSdesKey(crypto, suite);
    if (own === undefined || theirs === undefined) continue;
    const { key, salt } = own;
    return { kind: 'keys', keys: { suite: own.suite, send: { key, salt }, receive: theirs } };
  }
  return protocol.startsWith('RTP/AVP') ? { kind: 'plain' } : { kind: 'refused' };
}

function suiteOf(name: string): SrtpSuite | undefined {
  return SRTP_SUITES.find((suite) => suite.name === name);
}

function newKey(tag: number, { name, keyLength, saltLength }: SrtpSuite): OurSdesKey {
  const octets = (length: number): Uint8Array => Uint8Array.from(randomBytes(length));
  return { tag, suite: name, key: octets(keyLength), salt: octets(saltLength) };
}
