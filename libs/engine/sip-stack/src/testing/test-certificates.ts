import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { TlsCertificate } from '../api/tls.js';

const KEYS = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY_MILLISECONDS = 86_400_000;
const crypto = webcrypto;

export interface CertificateWishes {
  readonly dns?: readonly string[];
  readonly uris?: readonly string[];
  readonly addresses?: readonly string[];
  /** Days from now that it ends; negative for an expired one. */
  readonly days?: number;
}

/** A certificate authority of the tests' own. */
export class TestAuthority {
  private constructor(
    /** PEM */
    readonly certificate: string,
    private readonly root: x509.X509Certificate,
    private readonly keys: webcrypto.CryptoKeyPair,
  ) {}

  static async make(name: string): Promise<TestAuthority> {
    const keys = await crypto.subtle.generateKey(KEYS, true, ['sign', 'verify']);
    const root = await x509.X509CertificateGenerator.createSelfSigned(
      {
        name: `CN=${name}`,
        keys,
        signingAlgorithm: SIGNING,
        notBefore: new Date(Date.now() - 400 * DAY_MILLISECONDS),
        notAfter: new Date(Date.now() + 400 * DAY_MILLISECONDS),
        extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
      },
      crypto,
    );
    return new TestAuthority(root.toString('pem'), root, keys);
  }

  async issue(wishes: CertificateWishes): Promise<TlsCertificate> {
    const keys = await crypto.subtle.generateKey(KEYS, true, ['sign', 'verify']);
    const names = [
      ...(wishes.uris ?? []).map((value) => ({ type: 'url' as const, value })),
      ...(wishes.dns ?? []).map((value) => ({ type: 'dns' as const, value })),
      ...(wishes.addresses ?? []).map((value) => ({ type: 'ip' as const, value })),
    ];
    const certificate = await x509.X509CertificateGenerator.create(
      {
        serialNumber: Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex'),
        subject: 'CN=test',
        issuer: this.root.subject,
        publicKey: keys.publicKey,
        signingKey: this.keys.privateKey,
        signingAlgorithm: SIGNING,
        notBefore: new Date(Date.now() - 300 * DAY_MILLISECONDS),
        notAfter: new Date(Date.now() + (wishes.days ?? 30) * DAY_MILLISECONDS),
        extensions: [new x509.SubjectAlternativeNameExtension(names)],
      },
      crypto,
    );
    const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
    return { chain: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
  }
}
