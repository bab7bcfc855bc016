import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkCertificate } from './check-certificate.js';
import { describeCertificate, isChainComplete } from './describe-certificate.js';
import { makeRoot, type TestCertificate } from './test-chain.js';

const NOW = Date.UTC(2026, 0, 15);
let root: TestCertificate;
let middle: TestCertificate;
let leaf: TestCertificate;

beforeAll(async () => {
  root = await makeRoot('Root', NOW);
  middle = await root.issue('Middle', { authority: true });
  leaf = await middle.issue('pbx.example', { names: ['pbx.example', 'SIP.example'] });
});

const check = (chain: string, key: string) => checkCertificate({ chain, key }, NOW);
/** @returns which text is at fault, and the words for it */
function refusal(chain: string, key: string): string {
  const checked = check(chain, key);
  return checked.ok ? 'taken' : `${checked.field}: ${checked.words}`;
}

describe('a good certificate', () => {
  it('is put in order whatever order it came in; the root and what is said twice are left out', () => {
    const checked = check(`${root.pem}\n${leaf.pem}\r\nBag attributes\n${middle.pem}\n${leaf.pem}`, leaf.key);
    if (!checked.ok) throw new Error(checked.words);
    const { chain, names, isComplete } = checked.certificate;
    expect(names).toEqual(['pbx.example', 'sip.example']);
    expect(isComplete).toBe(true);
    const subjects = chain
      .match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g)
      ?.map((pem) => new X509Certificate(pem).subject);
    expect(subjects).toEqual(['CN=pbx.example', 'CN=Middle']);
    expect(describeCertificate(chain)).toMatchObject({ names, issuer: 'Middle' });
    // An authority of one's own is known by nobody else, and its certificate is not in the chain.
    expect(isChainComplete(chain)).toBe(false);
  });

  it('may lack what links it to its authority, which is said', () => {
    const checked = check(leaf.pem, leaf.key);
    expect(checked).toMatchObject({ ok: true, certificate: { isComplete: false } });
  });

  it('may vouch for itself, and have an RSA key in the form that openssl used to write', async () => {
    const own = await makeRoot('old.example', NOW, { rsaBits: 2048, names: ['old.example'], authority: false });
    const pkcs1 = String(createPrivateKey(own.key).export({ type: 'pkcs1', format: 'pem' }));
    expect(check(own.pem, pkcs1)).toMatchObject({
      ok: true,
      certificate: { names: ['old.example'], isComplete: true },
    });
  });

  it('may name its host by the common name alone', async () => {
    const old = await middle.issue('common.example');
    expect(check(`${old.pem}\n${middle.pem}`, old.key)).toMatchObject({
      ok: true,
      certificate: { names: ['common.example'] },
    });
  });
});

describe('what cannot be used is refused, with what to do', () => {
  it('no PEM, half of it, and a key with a passphrase', () => {
    expect(refusal('hello', leaf.key)).toMatch(/^chain: This is no certificate in PEM/);
    expect(refusal(leaf.pem, leaf.pem)).toMatch(/^key: This is no private key in PEM/);
    expect(refusal(leaf.pem.replace(/.{200}\n-----END/s, '\n-----END'), leaf.key)).toMatch(
      /^chain: One of these certificates cannot be read/,
    );
    expect(refusal(leaf.pem, '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----')).toMatch(
      /^key: This private key cannot be read/,
    );
    const locked = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
    });
    expect(refusal(leaf.pem, locked.privateKey)).toMatch(/passphrase.*openssl pkey/);
    expect(refusal(leaf.pem.repeat(11), leaf.key)).toMatch(/^chain: These are 11 certificates/);
  });

  it('a pair that does not match, and a certificate that is not part of the chain', async () => {
    const other = await makeRoot('Stranger', NOW);
    expect(refusal(`${leaf.pem}\n${middle.pem}`, other.key)).toBe(
      'key: This key does not belong to the certificate for pbx.example.',
    );
    expect(refusal(`${leaf.pem}\n${other.pem}`, leaf.key)).toBe(
      'chain: Stranger is not part of the chain of pbx.example: leave it out.',
    );
  });

  it('one that has ended, or begins later, wherever in the chain', async () => {
    const ended = await middle.issue('ended.example', { days: -1, names: ['ended.example'] });
    expect(refusal(ended.pem, ended.key)).toBe('chain: The certificate of ended.example ended on 2026-01-14.');
    const later = await middle.issue('later.example', { from: 2, names: ['later.example'] });
    expect(refusal(later.pem, later.key)).toMatch(/valid from 2026-01-17 on: not yet/);
    const oldMiddle = await root.issue('Old middle', { authority: true, days: -2 });
    const below = await oldMiddle.issue('below.example', { names: ['below.example'] });
    expect(refusal(`${below.pem}\n${oldMiddle.pem}`, below.key)).toMatch(/certificate of Old middle ended/);
  });

  it('weak keys, keys that phones do not know, and signatures that can be forged', async () => {
    const weak = await makeRoot('weak.example', NOW, { rsaBits: 1024, names: ['weak.example'] });
    expect(refusal(weak.pem, weak.key)).toMatch(/^key: A key of 1024 bits is too weak: use RSA with 2048/);
    const edwards = generateKeyPairSync('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    expect(refusal(leaf.pem, edwards.privateKey)).toMatch(/^key: Phones do not know keys of the type ed25519/);
    const koblitz = generateKeyPairSync('ec', {
      namedCurve: 'secp256k1',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    expect(refusal(leaf.pem, koblitz.privateKey)).toMatch(/curve secp256k1/);
    const forgeable = await makeRoot('sha1.example', NOW, { rsaBits: 2048, hash: 'SHA-1', names: ['sha1.example'] });
    expect(refusal(forgeable.pem, forgeable.key)).toMatch(/signature that can be forged/);
    const weakMiddle = await root.issue('Weak middle', { authority: true, rsaBits: 1024 });
    const below = await weakMiddle.issue('below.example', { names: ['below.example'], rsaBits: 2048 });
    expect(refusal(`${below.pem}\n${weakMiddle.pem}`, below.key)).toMatch(/Weak middle: A key of 1024 bits/);
  });

  it('one for clients alone, and one that names no host', async () => {
    const client = await middle.issue('client.example', { forClients: true, names: ['client.example'] });
    expect(refusal(client.pem, client.key)).toMatch(/not meant for servers/);
    const nameless = await middle.issue('Somebody in Berlin');
    expect(refusal(nameless.pem, nameless.key)).toMatch(/names no host/);
  });
});
