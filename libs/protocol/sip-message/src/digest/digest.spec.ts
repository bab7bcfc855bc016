import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { digestHash, parseDigestVariant } from './digest-algorithm.js';
import { buildAuthenticationInfo, parseAuthenticationInfo } from './authentication-info.js';
import {
  buildDigestChallenge,
  challengesToAnswer,
  parseDigestChallenge,
  strongestChallenge,
} from './digest-challenge.js';
import type { DigestQop } from './digest-challenge.js';
import { buildDigestCredentials, parseDigestCredentials } from './digest-credentials.js';
import {
  digestHa1,
  digestMatches,
  digestResponse,
  digestRspauth,
  digestSessionHa1,
  digestUserhash,
} from './digest-response.js';

interface Vector {
  algorithm: string;
  username: string;
  realm: string;
  password: string;
  method: string;
  uri: string;
  nonce: string;
  nc: string;
  cnonce: string;
  qop: DigestQop | null;
  body?: string;
  source: string;
  ha1: string;
  response: string;
  computed?: string;
}

const { vectors, emptyBodyHash } = JSON.parse(
  readFileSync(new URL('../../vectors/digest.json', import.meta.url), 'utf8'),
) as {
  vectors: Vector[];
  emptyBodyHash: Record<string, string>;
};

describe('digest responses', () => {
  it.each(vectors)('$source $algorithm $qop', (vector) => {
    const variant = parseDigestVariant(vector.algorithm);
    if (variant === undefined) throw new Error(vector.algorithm);
    const { algorithm, session } = variant;
    const ha1 = digestHa1(algorithm, vector.username, vector.realm, vector.password);
    expect(session ? digestSessionHa1(algorithm, ha1, vector) : ha1).toBe(vector.ha1);
    expect(digestResponse({ ...vector, algorithm, session, ha1, qop: vector.qop ?? undefined })).toBe(
      vector.computed ?? vector.response,
    );
  });

  it('has vectors for every algorithm and qop', () => {
    const kinds = new Set(vectors.map(({ algorithm, qop }) => `${algorithm} ${qop ?? ''}`));
    for (const kind of ['MD5 ', 'MD5 auth-int', 'MD5-sess auth', 'SHA-256 auth-int', 'SHA-512-256-sess auth']) {
      expect(kinds).toContain(kind);
    }
  });

  it('takes the hash of nothing for a message without body (RFC 8760 §2.6)', () => {
    expect(digestHash('SHA-256', '')).toBe(emptyBodyHash['SHA-256']);
  });

  it('hashes user names (RFC 7616 §3.9.2, with real SHA-512/256)', () => {
    expect(digestUserhash('SHA-512-256', 'Jäsøn Doe', 'api@example.org')).toBe(
      '793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b',
    );
  });

  it('takes names and passwords in normalisation form C (RFC 7616 §4)', () => {
    expect(digestHa1('MD5', 'Ja\u0308son', 'r', 'e\u0301')).toBe(digestHa1('MD5', 'Jäson', 'r', 'é'));
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

  it('covers the body where the server insists on auth-int', () => {
    const challenge = parseDigestChallenge(
      buildDigestChallenge({ realm: 'r', nonce: 'n', algorithm: 'SHA-256', session: true, qop: ['auth-int'] }),
    );
    if (challenge === undefined) throw new Error('Not read');
    expect(challenge).toMatchObject({ qopAuth: false, qopAuthInt: true, session: true });
    const ha1 = digestHa1('SHA-256', 'u', 'r', 'p');
    const parts = { challenge, username: 'u', ha1, method: 'MESSAGE', uri: 'sip:x', cnonce: 'c', nonceCount: 1 };
    const credentials = parseDigestCredentials(buildDigestCredentials({ ...parts, body: Buffer.from('hello') }));
    if (credentials === undefined) throw new Error('Not read');
    expect(credentials).toMatchObject({ qop: 'auth-int', session: true });
    expect(digestMatches(credentials, { method: 'MESSAGE', body: 'hello' }, ha1)).toBe(true);
    expect(digestMatches(credentials, { method: 'MESSAGE', body: 'hullo' }, ha1)).toBe(false);
    expect(digestMatches(credentials, 'MESSAGE', ha1)).toBe(false);
  });

  it('prefers auth, unless asked for auth-int that is offered', () => {
    const challenge = parseDigestChallenge('Digest realm="r", nonce="n", qop="auth-int , auth", domain="sip:a sip:b"');
    if (challenge === undefined) throw new Error('Not read');
    expect(challenge.domain).toEqual(['sip:a', 'sip:b']);
    const parts = { challenge, username: 'u', ha1: '', method: 'A', uri: 'sip:x', cnonce: 'c', nonceCount: 1 };
    expect(buildDigestCredentials(parts)).toContain('qop=auth,');
    expect(buildDigestCredentials({ ...parts, qop: 'auth-int' })).toContain('qop=auth-int,');
    expect(parseDigestChallenge('Digest realm="r", nonce="n", qop="auth-conf"')).toBeUndefined();
  });

  it('hides the user name where the server asks for it', () => {
    const text = buildDigestChallenge({
      realm: 'api@example.org',
      nonce: 'n',
      algorithm: 'SHA-512-256',
      userhash: true,
      charset: 'UTF-8',
      opaque: 'o',
    });
    const challenge = parseDigestChallenge(text);
    if (challenge === undefined) throw new Error('Not read');
    expect(challenge).toMatchObject({ userhash: true, charset: 'UTF-8', opaque: 'o' });
    const ha1 = digestHa1('SHA-512-256', 'Jäsøn Doe', 'api@example.org', 'Secret, or not?');
    const value = buildDigestCredentials({
      challenge,
      username: 'Jäsøn Doe',
      ha1,
      method: 'GET',
      uri: '/doe.json',
      cnonce: 'c',
      nonceCount: 1,
    });
    expect(value).not.toContain('Doe,');
    const credentials = parseDigestCredentials(value);
    expect(credentials).toMatchObject({
      userhash: true,
      username: digestUserhash('SHA-512-256', 'Jäsøn Doe', 'api@example.org'),
      opaque: 'o',
    });
    expect(credentials && digestMatches(credentials, 'GET', ha1)).toBe(true);
  });

  it('reads and writes extended user names, and refuses two of them', () => {
    const rest = 'realm="r", nonce="n", uri="x", response="y"';
    const extended = `Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, ${rest}`;
    expect(parseDigestCredentials(extended)?.username).toBe('Jäsøn Doe');
    expect(parseDigestCredentials(`${extended}, username="J"`)).toBeUndefined();
    expect(parseDigestCredentials(`${extended}, userhash=true`)).toBeUndefined();
    const challenge = parseDigestChallenge('Digest realm="r", nonce="n"');
    if (challenge === undefined) throw new Error('Not read');
    const parts = { challenge, ha1: '', method: 'A', uri: 'sip:x', cnonce: 'c', nonceCount: 1 };
    const value = buildDigestCredentials({ ...parts, username: 'a\nb' });
    expect(value).toContain("username*=UTF-8''a%0Ab");
    expect(parseDigestCredentials(value)?.username).toBe('a\nb');
  });

  it('answers each realm by its topmost challenge that we understand (RFC 8760 §2.4)', () => {
    const values = [
      'Digest realm="a", nonce="1", algorithm=SHA-999, qop="auth"',
      buildDigestChallenge({ realm: 'a', nonce: '2', algorithm: 'SHA-256' }),
      'Basic realm="a"',
      buildDigestChallenge({ realm: 'b', nonce: '3', algorithm: 'MD5' }),
      buildDigestChallenge({ realm: 'a', nonce: '4', algorithm: 'SHA-512-256' }),
    ];
    expect(challengesToAnswer(values).map(({ nonce }) => nonce)).toEqual(['2', '3']);
    expect(challengesToAnswer(values, ['SHA-512-256', 'SHA-256']).map(({ nonce }) => nonce)).toEqual(['2']);
    expect(challengesToAnswer(values, ['MD5']).map(({ nonce }) => nonce)).toEqual(['3']);
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

describe('Authentication-Info', () => {
  it('proves the server, and its body under auth-int', () => {
    const ha1 = digestHa1('SHA-256', 'u', 'r', 'p');
    const credentials = parseDigestCredentials(
      'Digest username="u", realm="r", nonce="n", uri="sip:x", response="y", algorithm=SHA-256, qop=auth-int, cnonce="c", nc=00000001',
    );
    if (credentials === undefined) throw new Error('Not read');
    const rspauth = digestRspauth(credentials, ha1, 'body');
    expect(rspauth).toBe(
      digestHash(
        'SHA-256',
        `${ha1}:n:00000001:c:auth-int:${digestHash('SHA-256', `:sip:x:${digestHash('SHA-256', 'body')}`)}`,
      ),
    );
    const info = { nextnonce: 'm', qop: 'auth-int' as const, rspauth, cnonce: 'c', nc: '00000001' };
    expect(parseAuthenticationInfo(buildAuthenticationInfo(info))).toEqual(info);
  });

  it.each(['qop=auth', 'nc=1', 'qop=x, rspauth="a", cnonce="c", nc=00000001', 'nextnonce="a'])('refuses %s', (text) => {
    expect(parseAuthenticationInfo(text)).toBeUndefined();
  });
});
