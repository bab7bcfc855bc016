import { quote } from '../values/quoted-string.js';
import { DIGEST_ALGORITHMS, buildDigestVariant, parseDigestVariant } from './digest-algorithm.js';
import type { DigestAlgorithm } from './digest-algorithm.js';
import { parseAuthentication } from './parse-challenge.js';

/** Quality of protection: of the request line alone, or of the body too (RFC 7616 §3.4). */
export type DigestQop = 'auth' | 'auth-int';

/** A challenge that we can answer (RFC 7616 §3.3). */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: DigestAlgorithm;
  /** The `-sess` form of the algorithm; {@link digestSessionHa1} makes its A1. */
  readonly session: boolean;
  /** False for servers of RFC 2069's time, which offer no qop, and for those that insist on `auth-int`. */
  readonly qopAuth: boolean;
  readonly qopAuthInt: boolean;
  readonly stale: boolean;
  /** The server wants the user's name hashed (RFC 7616 §3.4.4). */
  readonly userhash: boolean;
  /** The only charset there is: names and passwords are UTF-8 in NFC (RFC 7616 §4). */
  readonly charset: 'UTF-8' | undefined;
  /** URIs that the same credentials open; empty means all of the server. */
  readonly domain: readonly string[];
}

/** @returns undefined for other schemes, unknown algorithms, missing parts, or only unknown qop values */
export function parseDigestChallenge(text: string): DigestChallenge | undefined {
  const header = parseAuthentication(text);
  if (header?.scheme !== 'digest') return undefined;
  const { parameters } = header;
  const realm = parameters.get('realm');
  const nonce = parameters.get('nonce');
  const variant = parseDigestVariant(parameters.get('algorithm'));
  if (realm === undefined || nonce === undefined || variant === undefined) return undefined;
  // An empty list offers nothing, as if it were not there.
  const qop = parameters.get('qop') || undefined;
  const offered = (qop ?? '').split(',').map((option) => option.trim().toLowerCase());
  const qopAuth = offered.includes('auth');
  const qopAuthInt = offered.includes('auth-int');
  if (qop !== undefined && !qopAuth && !qopAuthInt) return undefined;
  return {
    realm,
    nonce,
    algorithm: variant.algorithm,
    session: variant.session,
    qopAuth,
    qopAuthInt,
    stale: isTrue(parameters.get('stale')),
    opaque: parameters.get('opaque'),
    userhash: isTrue(parameters.get('userhash')),
    charset: parameters.get('charset')?.toUpperCase() === 'UTF-8' ? 'UTF-8' : undefined,
    domain: (parameters.get('domain') ?? '').split(/\s+/).filter((uri) => uri !== ''),
  };
}

/** The strongest challenge among header values that we can answer: a policy that RFC 8760 §2.4 leaves to the client. */
export function strongestChallenge(values: readonly string[]): DigestChallenge | undefined {
  const challenges = values.flatMap((value) => parseDigestChallenge(value) ?? []);
  for (const algorithm of DIGEST_ALGORITHMS) {
    const found = challenges.find((challenge) => challenge.algorithm === algorithm);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * One challenge per realm, in the order of the header: the topmost that we understand and whose algorithm is allowed
 * (RFC 8760 §2.4), since a server lists them by its preference (§2.3). Others are ignored. A request that several
 * proxies challenged needs credentials for each of their realms (RFC 3261 §22.3).
 */
export function challengesToAnswer(
  values: readonly string[],
  allowed: readonly DigestAlgorithm[] = DIGEST_ALGORITHMS,
): DigestChallenge[] {
  const byRealm = new Map<string, DigestChallenge>();
  for (const value of values) {
    const challenge = parseDigestChallenge(value);
    if (challenge === undefined || !allowed.includes(challenge.algorithm)) continue;
    if (!byRealm.has(challenge.realm)) byRealm.set(challenge.realm, challenge);
  }
  return [...byRealm.values()];
}

/** A WWW-Authenticate or Proxy-Authenticate value. A qop is always sent (RFC 8760 §2.6, item 8). */
export function buildDigestChallenge(challenge: {
  realm: string;
  nonce: string;
  algorithm: DigestAlgorithm;
  session?: boolean;
  stale?: boolean;
  /** In order of preference; default `auth` alone. */
  qop?: readonly DigestQop[];
  opaque?: string | undefined;
  userhash?: boolean;
  charset?: 'UTF-8' | undefined;
  domain?: readonly string[];
}): string {
  const qop = (challenge.qop ?? ['auth']).join(',');
  const domain = (challenge.domain ?? []).join(' ');
  return [
    `Digest realm=${quote(challenge.realm)}`,
    ...(domain === '' ? [] : [`domain=${quote(domain)}`]),
    `nonce=${quote(challenge.nonce)}`,
    ...(challenge.opaque === undefined ? [] : [`opaque=${quote(challenge.opaque)}`]),
    `algorithm=${buildDigestVariant(challenge)}`,
    `qop="${qop}"`,
    ...(challenge.charset === undefined ? [] : [`charset=${challenge.charset}`]),
    ...(challenge.userhash === true ? ['userhash=true'] : []),
    ...(challenge.stale === true ? ['stale=true'] : []),
  ].join(', ');
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true';
}
