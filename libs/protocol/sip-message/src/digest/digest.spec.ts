import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DigestAlgorithm } from './digest-algorithm.js';
import {
  buildDigestChallenge,
  buildDigestCredentials,
  digestHa1,
  digestMatches,
  digestResponse,
  parseDigestChallenge,
  parseDigestCredentials,
  strongestChallenge,
} from './digest-response.js';
import { buildNonce, nonceAge } from './nonce.js';

interface Vector {
  algorithm: DigestAlgorithm;
  username: string;
  realm: string;
  password: string;
  method: string;
  uri: string;
  nonce: string;
  nc: string;
  cnonce: string;
  qop?: string;
  source: string;
  ha1: string;
  response: string;
  computed?: string;
}

const { vectors } = JSON.parse(readFileSync(new URL('../../vectors/digest.json', import.meta.url), 'utf8')) as {
  vectors: Vector[];
};
const supported = vectors.filter(({ algorithm, qop }) => !/-sess/.test(algorithm) && (qop ?? 'auth') === 'auth');

describe('digest responses', () => {
  it.each(supported)('$source $algorithm', (vector) => {
    const ha1 = digestHa1(vector.algorithm, vector.username, vector.realm, vector.password);
    expect(ha1).toBe(vector.ha1);
    const qop = vector.qop === 'auth' ? 'auth' : undefined;
    expect(digestResponse({ ...vector, ha1, qop })).toBe(vector.computed ?? vector.response);
  });

  it('has vectors for all three algorithms', () => {
    expect(new Set(supported.map(({ algorithm }) => algorithm))).toEqual(new Set(['MD5', 'SHA-256', 'SHA-512-256']));
  });
});

describe('challenge and answer', () => {
  const challengeText = buildDigestChallenge({ realm: 'a "b"', nonce: 'n', algorithm: 'SHA-256', stale: true });

  it('round trip', () => {
    const challenge = parseDigestChallenge(challengeText);
    expect(challenge).toMatchObject({ realm: 'a "b"', nonce: 'n', algorithm: 'SHA-256', qopAuth: true, stale: true });
    if (challenge === undefined) return;
    const ha1 = digestHa1('SHA-256', 'u', 'a "b"', 'p');
    const text = buildDigestCredentials({
      challenge,
      username: 'u',
      ha1,
      method: 'REGISTER',
      uri: 'sip:x',
      cnonce: 'c',
      nonceCount: 1,
    });
    const credentials = parseDigestCredentials(text);
    expect(credentials).toMatchObject({ username: 'u', realm: 'a "b"', uri: 'sip:x', nc: '00000001', qop: 'auth' });
    if (credentials === undefined) return;
    expect(digestMatches(credentials, 'REGISTER', ha1)).toBe(true);
    expect(digestMatches(credentials, 'INVITE', ha1)).toBe(false);
    expect(digestMatches(credentials, 'REGISTER', digestHa1('SHA-256', 'u', 'a "b"', 'q'))).toBe(false);
  });

  it('takes the strongest challenge that it understands', () => {
    const md5 = buildDigestChallenge({ realm: 'r', nonce: '1', algorithm: 'MD5' });
    const sha = buildDigestChallenge({ realm: 'r', nonce: '2', algorithm: 'SHA-256' });
    const unknown = 'Digest realm="r", nonce="3", algorithm=SHA-999';
    expect(strongestChallenge([md5, unknown, sha])?.algorithm).toBe('SHA-256');
    expect(strongestChallenge([unknown, 'Basic realm="r"'])).toBeUndefined();
  });

  it.each([
    'Digest',
    'Digest realm="r',
    'Digest username="u", username="v", realm="r", nonce="n", uri="x", response="y"',
    'Digest username="u", realm="r", nonce="n", uri="x", response="y", qop=auth',
    'Digest username="u", realm="r", nonce="n", uri="x", response="y", qop=auth, cnonce="c", nc=1',
  ])('refuses credentials that it cannot read: %s', (text) => {
    expect(parseDigestCredentials(text)).toBeUndefined();
  });
});

describe('nonces', () => {
  const parts = { secret: Buffer.from('key'), realm: 'r', nowSeconds: 1000 };
  const nonce = buildNonce({ ...parts, salt: Buffer.from('123456') });

  it('tell their age to whoever made them', () => {
    expect(nonceAge(nonce, { ...parts, nowSeconds: 1060 })).toBe(60);
  });

  it('are nothing to others, or when changed', () => {
    expect(nonceAge(nonce, { ...parts, secret: Buffer.from('other') })).toBeUndefined();
    expect(nonceAge(nonce, { ...parts, realm: 's' })).toBeUndefined();
    expect(nonceAge(`${nonce.slice(0, -2)}AA`, parts)).toBeUndefined();
    expect(nonceAge('', parts)).toBeUndefined();
  });
});
