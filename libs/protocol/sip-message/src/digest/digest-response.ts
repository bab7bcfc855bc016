import { timingSafeEqual } from 'node:crypto';
import { quote } from '../values/quoted-string.js';
import { DIGEST_ALGORITHMS, digestHash, parseDigestAlgorithm } from './digest-algorithm.js';
import type { DigestAlgorithm } from './digest-algorithm.js';
import { parseAuthentication } from './parse-challenge.js';

/** A challenge that we can answer. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: DigestAlgorithm;
  /** False for servers of RFC 2069's time, which offer no qop. */
  readonly qopAuth: boolean;
  readonly stale: boolean;
}

/** What a client sent in Authorization or Proxy-Authorization. */
export interface DigestCredentials {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  /** As written; must name the same resource as the Request-URI. */
  readonly uri: string;
  /** Lower case. */
  readonly response: string;
  readonly algorithm: DigestAlgorithm;
  readonly qop: 'auth' | undefined;
  readonly cnonce: string | undefined;
  /** Eight hexadecimal digits. */
  readonly nc: string | undefined;
}

/** @returns undefined for other schemes, unknown algorithms, missing parts, or `auth-int` only */
export function parseDigestChallenge(text: string): DigestChallenge | undefined {
  const header = parseAuthentication(text);
  if (header?.scheme !== 'digest') return undefined;
  const { parameters } = header;
  const realm = parameters.get('realm');
  const nonce = parameters.get('nonce');
  const algorithm = parseDigestAlgorithm(parameters.get('algorithm'));
  if (realm === undefined || nonce === undefined || algorithm === undefined) return undefined;
  const qop = parameters.get('qop');
  const qopAuth = qop !== undefined && qop.split(',').some((option) => option.trim().toLowerCase() === 'auth');
  if (qop !== undefined && !qopAuth) return undefined;
  const stale = parameters.get('stale')?.toLowerCase() === 'true';
  return { realm, nonce, algorithm, qopAuth, stale, opaque: parameters.get('opaque') };
}

/** The strongest challenge among header values that we can answer (RFC 8760 §2.3). */
export function strongestChallenge(values: readonly string[]): DigestChallenge | undefined {
  const challenges = values.flatMap((value) => parseDigestChallenge(value) ?? []);
  for (const algorithm of DIGEST_ALGORITHMS) {
    const found = challenges.find((challenge) => challenge.algorithm === algorithm);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A WWW-Authenticate or Proxy-Authenticate value. */
export function buildDigestChallenge(challenge: {
  realm: string;
  nonce: string;
  algorithm: DigestAlgorithm;
  stale?: boolean;
}): string {
  const stale = challenge.stale === true ? ', stale=true' : '';
  return `Digest realm=${quote(challenge.realm)}, nonce=${quote(challenge.nonce)}, algorithm=${challenge.algorithm}, qop="auth"${stale}`;
}

/** @returns undefined for other schemes, unknown algorithms, or missing parts */
export function parseDigestCredentials(text: string): DigestCredentials | undefined {
  const header = parseAuthentication(text);
  if (header?.scheme !== 'digest') return undefined;
  const { parameters } = header;
  const username = parameters.get('username');
  const realm = parameters.get('realm');
  const nonce = parameters.get('nonce');
  const uri = parameters.get('uri');
  const response = parameters.get('response')?.toLowerCase();
  const algorithm = parseDigestAlgorithm(parameters.get('algorithm'));
  if (username === undefined || realm === undefined || nonce === undefined || uri === undefined) return undefined;
  if (response === undefined || algorithm === undefined) return undefined;
  const qop = parameters.get('qop')?.toLowerCase();
  const cnonce = parameters.get('cnonce');
  const nc = parameters.get('nc')?.toLowerCase();
  if (qop !== undefined && (qop !== 'auth' || cnonce === undefined || !/^[0-9a-f]{8}$/.test(nc ?? '')))
    return undefined;
  return { username, realm, nonce, uri, response, algorithm, qop: qop === undefined ? undefined : 'auth', cnonce, nc };
}

/** H(username:realm:password): what a server may keep instead of the password. */
export function digestHa1(algorithm: DigestAlgorithm, username: string, realm: string, password: string): string {
  return digestHash(algorithm, `${username}:${realm}:${password}`);
}

export interface DigestResponseParts {
  algorithm: DigestAlgorithm;
  ha1: string;
  nonce: string;
  method: string;
  uri: string;
  qop: 'auth' | undefined;
  cnonce: string | undefined;
  nc: string | undefined;
}

/** The `response` value (RFC 7616 §3.4.1; without qop, RFC 2069's form). */
export function digestResponse(parts: DigestResponseParts): string {
  const ha2 = digestHash(parts.algorithm, `${parts.method}:${parts.uri}`);
  const middle = parts.qop === undefined ? '' : `${parts.nc ?? ''}:${parts.cnonce ?? ''}:${parts.qop}:`;
  return digestHash(parts.algorithm, `${parts.ha1.toLowerCase()}:${parts.nonce}:${middle}${ha2}`);
}

/** Compares in constant time. */
export function digestMatches(credentials: DigestCredentials, method: string, ha1: string): boolean {
  const expected = Buffer.from(digestResponse({ ...credentials, ha1, method }));
  const given = Buffer.from(credentials.response);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** An Authorization or Proxy-Authorization value that answers a challenge. */
export function buildDigestCredentials(parts: {
  challenge: DigestChallenge;
  username: string;
  ha1: string;
  method: string;
  uri: string;
  cnonce: string;
  /** Times this nonce was used, this time included; from 1. */
  nonceCount: number;
}): string {
  const { challenge, username, ha1, method, uri, cnonce } = parts;
  const nc = parts.nonceCount.toString(16).padStart(8, '0');
  const qop = challenge.qopAuth ? 'auth' : undefined;
  const { algorithm, nonce } = challenge;
  const response = digestResponse({ algorithm, ha1, nonce, method, uri, qop, cnonce, nc });
  const freshness = qop === undefined ? '' : `, qop=auth, cnonce=${quote(cnonce)}, nc=${nc}`;
  const opaque = challenge.opaque === undefined ? '' : `, opaque=${quote(challenge.opaque)}`;
  return (
    `Digest username=${quote(username)}, realm=${quote(challenge.realm)}, nonce=${quote(nonce)}, uri=${quote(uri)}, ` +
    `response="${response}", algorithm=${algorithm}${freshness}${opaque}`
  );
}
