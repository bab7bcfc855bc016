import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasCsrfToken, isSameOrigin, readSessionToken } from './browser-requests.js';
import { LoginThrottle } from './login-throttle.js';
import { hashPassword, verifyPassword } from './password-hash.js';
import { newGuestToken, readGuestToken, readRoomPin, sealRoomPin } from './room-secrets.js';
import { SecretBox } from './secret-box.js';
import { computeHa1 } from './sip-credentials.js';
import { hashToken, newPassword, newPin, newSipPassword, newToken } from './tokens.js';

describe('generated secrets', () => {
  it('have their form, and never repeat', () => {
    expect(newPassword()).toMatch(/^([a-km-z2-9]{4}-){3}[a-km-z2-9]{4}$/);
    expect(newSipPassword().replaceAll('-', '')).toHaveLength(26);
    expect(newToken()).toMatch(/^[\w-]{43}$/);
    const pins = Array.from({ length: 500 }, newPin);
    for (const pin of pins) expect(pin).toMatch(/^(?!123456|(\d)\1{5})\d{6}$/);
    expect(new Set(Array.from({ length: 100 }, newSipPassword)).size).toBe(100);
  });
});

describe('digest hashes', () => {
  it('are those of the credentials of RFC 7616 §3.9.1', () => {
    // The RFC prints the request digest alone; these two are what md5sum and sha256sum say.
    expect(computeHa1('Mufasa', 'http-auth@example.org', 'Circle of Life')).toEqual({
      ha1Md5: '3d78807defe7de2157e2b0b6573a855f',
      ha1Sha256: '7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232',
    });
  });
});

describe('passwords', () => {
  it('are argon2id, and nothing fits an account that does not exist', async () => {
    const stored = await hashPassword('correct horse battery');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyPassword(stored, 'correct horse battery')).toBe(true);
    expect(await verifyPassword(stored, 'wrong')).toBe(false);
    expect(await verifyPassword(undefined, 'correct horse battery')).toBe(false);
  });
});

describe('the secret box', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'carillon-box-'));
  const box = SecretBox.open(dataDir);

  it('reads what it sealed, also after a restart, and keeps its key private', () => {
    const sealed = sealRoomPin(box, '123456');
    expect(sealed).not.toContain('123456');
    expect(readRoomPin(SecretBox.open(dataDir), sealed)).toBe('123456');
    expect(statSync(join(dataDir, 'secrets', 'box-key')).mode & 0o777).toBe(0o600);
    const { token, guestTokenHash, guestTokenSealed } = newGuestToken(box);
    expect(readGuestToken(box, guestTokenSealed)).toBe(token);
    expect(hashToken(token)).toBe(guestTokenHash);
  });

  it('opens nothing that was altered, cut, sealed elsewhere or for another purpose', () => {
    const sealed = box.seal('secret', 'room-pin');
    const other = new SecretBox(Buffer.alloc(32, 1)).seal('secret', 'room-pin');
    const flipped = sealed.slice(0, -2) + (sealed.endsWith('AA') ? 'BB' : 'AA');
    for (const wrong of [flipped, sealed.slice(0, 20), other, '', 'v1.', 'v2.x', box.seal('secret', 'else')])
      expect(() => box.unseal(wrong, 'room-pin')).toThrow(
        expect.objectContaining({ code: 'IDENTITY.SECRET_UNREADABLE' }),
      );
  });
});

describe('browser requests', () => {
  it('tell their session, whatever else the Cookie header holds', () => {
    expect(readSessionToken({ cookie: 'a=1; carillon_session=abc=; b' })).toBe('abc=');
    expect(readSessionToken({ cookie: 'xcarillon_session=abc' })).toBeUndefined();
    expect(readSessionToken({})).toBeUndefined();
  });

  it('of foreign pages are told apart', () => {
    const host = 'pbx.example:8080';
    expect(isSameOrigin({ host })).toBe(true);
    expect(isSameOrigin({ host, origin: 'http://pbx.example:8080', 'sec-fetch-site': 'same-origin' })).toBe(true);
    for (const origin of ['http://evil.example', 'http://pbx.example', 'null', ':', ''])
      expect(isSameOrigin({ host, origin })).toBe(false);
    expect(isSameOrigin({ host: '10.0.0.1:8080', origin: 'https://pbx.example' }, 'pbx.example')).toBe(true);
    expect(isSameOrigin({ host: 'pbx.example:443', origin: 'https://pbx.example' })).toBe(true);
    expect(isSameOrigin({ host: 'pbx.example:443', origin: 'http://pbx.example' })).toBe(false);
    expect(isSameOrigin({ host, 'sec-fetch-site': 'cross-site' })).toBe(false);
  });

  it('prove themselves with the token of their session', () => {
    expect(hasCsrfToken({ 'x-carillon-csrf': 'abc' }, 'abc')).toBe(true);
    expect(hasCsrfToken({ 'x-carillon-csrf': 'abd' }, 'abc')).toBe(false);
    expect(hasCsrfToken({}, 'abc')).toBe(false);
  });
});

describe('guessing', () => {
  it('is slowed for one account from one address, and not for its owner elsewhere', async () => {
    const throttle = new LoginThrottle();
    const guess = { account: 'a@b.c', address: '192.0.2.1' };
    for (let i = 0; i < 6; i++) expect(await throttle.begin(guess)).toBeUndefined();
    expect(await throttle.begin(guess)).toBeGreaterThan(0);
    expect(await throttle.begin({ ...guess, address: '192.0.2.2' })).toBeUndefined();
  });

  it('is slowed for an address that tries many accounts', async () => {
    const throttle = new LoginThrottle();
    let refused = 0;
    for (let i = 0; i < 50; i++)
      if ((await throttle.begin({ account: `${i}`, address: '192.0.2.1' })) !== undefined) refused++;
    expect(refused).toBe(10);
  });

  it('is not what right passwords do', async () => {
    const throttle = new LoginThrottle();
    const right = { account: 'a@b.c', address: '192.0.2.1' };
    for (let i = 0; i < 100; i++) {
      expect(await throttle.begin(right)).toBeUndefined();
      await throttle.succeeded(right);
    }
  });
});
