import { timingSafeEqual } from 'node:crypto';
import { digestHash } from './digest-algorithm.js';
import type { DigestAlgorithm } from './digest-algorithm.js';
import type { DigestQop } from './digest-challenge.js';
import type { DigestCredentials } from './digest-credentials.js';

/**
 * H(username:realm:password): what a server may keep instead of the password. Name and password are taken in Unicode
 * normalisation form C (RFC 7616 §4).
 */
export function digestHa1(algorithm: DigestAlgorithm, username: string, realm: string, password: string): string {
  return digestHash(algorithm, `${username.normalize('NFC')}:${realm}:${password.normalize('NFC')}`);
}

/** H(username:realm): the name that `userhash=true` sends (RFC 7616 §3.4.4). */
export function digestUserhash(algorithm: DigestAlgorithm, username: string, realm: string): string {
  return digestHash(algorithm, `${username.normalize('NFC')}:${realm}`);
}

/** H(A1) of the `-sess` algorithms: bound to the nonces that the session began with (RFC 7616 §3.4.2). */
export function digestSessionHa1(
  algorithm: DigestAlgorithm,
  ha1: string,
  nonces: { nonce: string; cnonce: string },
): string {
  return digestHash(algorithm, `${ha1.toLowerCase()}:${nonces.nonce}:${nonces.cnonce}`);
}

export interface DigestResponseParts {
  algorithm: DigestAlgorithm;
  ha1: string;
  nonce: string;
  method: string;
  uri: string;
  qop: DigestQop | undefined;
  cnonce: string | undefined;
  nc: string | undefined;
  /** Makes A1 of `ha1` and the nonces; default false. */
  session?: boolean | undefined;
  /** Counts for `auth-int` only; none is the same as an empty one (RFC 8760 §2.6, item 7). */
  body?: string | Uint8Array | undefined;
  /** H(A2), where it is at hand: method, URI and body are not looked at then. */
  ha2?: string | undefined;
}

/** H(A2) without a body (RFC 7616 §3.4.3): the same for each request of a method to a URI. */
export function digestHa2(algorithm: DigestAlgorithm, method: string, uri: string): string {
  return digestHash(algorithm, `${method}:${uri}`);
}

/** The `response` value (RFC 7616 §3.4.1; without qop, RFC 2069's form). */
export function digestResponse(parts: DigestResponseParts): string {
  const { algorithm, nonce, qop } = parts;
  const cnonce = parts.cnonce ?? '';
  const ha2 = parts.ha2 ?? ha2Of(parts);
  const plain = parts.ha1.toLowerCase();
  const ha1 = parts.session === true ? digestSessionHa1(algorithm, plain, { nonce, cnonce }) : plain;
  const middle = qop === undefined ? '' : `${parts.nc ?? ''}:${cnonce}:${qop}:`;
  return digestHash(algorithm, `${ha1}:${nonce}:${middle}${ha2}`);
}

function ha2Of({ algorithm, method, uri, qop, body }: DigestResponseParts): string {
  if (qop !== 'auth-int') return digestHa2(algorithm, method, uri);
  return digestHash(algorithm, `${method}:${uri}:${digestHash(algorithm, body ?? '')}`);
}

/** What the credentials must fit: a method, or a method and the body that `auth-int` covers. */
export type DigestTarget = string | { readonly method: string; readonly body?: string | Uint8Array | undefined };

/** Compares in constant time. */
export function digestMatches(credentials: DigestCredentials, target: DigestTarget, ha1: string): boolean {
  const { method, body } = typeof target === 'string' ? { method: target, body: undefined } : target;
  return sameDigest(credentials.response, digestResponse({ ...credentials, ha1, method, body }));
}

/**
 * The `rspauth` value with which a server proves that it knows the secret too: as the response, with an empty method
 * and the body of the reply (RFC 7616 §3.5).
 */
export function digestRspauth(credentials: DigestCredentials, ha1: string, body?: string | Uint8Array): string {
  return digestResponse({ ...credentials, ha1, method: '', body });
}

/** Whether two digests are equal, in constant time. */
export function sameDigest(given: string, expected: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}
