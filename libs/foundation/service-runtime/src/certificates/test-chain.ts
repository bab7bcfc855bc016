import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const DAY_MS = 86_400_000;
const EC = { name: 'ECDSA', namedCurve: 'P-256' } as const;

export interface TestWishes {
  readonly names?: readonly string[];
  /** Days from `now` that it begins and ends. */
  readonly from?: number;
  readonly days?: number;
  readonly hash?: 'SHA-1' | 'SHA-256';
  readonly rsaBits?: number;
  /** Extended key usage: that of a client in place of a server's. */
  readonly forClients?: boolean;
  readonly authority?: boolean;
}

/** A certificate with its key and what it can sign, for tests. */
export interface TestCertificate {
  readonly pem: string;
  readonly key: string;
  issue(name: string, wishes?: TestWishes): Promise<TestCertificate>;
}

/** One that vouches for itself. */
export function makeRoot(name: string, now: number, wishes: TestWishes = {}): Promise<TestCertificate> {
  return make(name, { now, wishes: { authority: true, ...wishes } });
}

interface Signer {
  readonly certificate: x509.X509Certificate;
  readonly privateKey: webcrypto.CryptoKey;
}

async function make(
  name: string,
  { now, wishes, by }: { now: number; wishes: TestWishes; by?: Signer },
): Promise<TestCertificate> {
  const {
    names = [],
    from = -30,
    days = 60,
    hash = 'SHA-256',
    rsaBits,
    forClients = false,
    authority = false,
  } = wishes;
  const algorithm =
    rsaBits === undefined
      ? { ...EC, hash }
      : { name: 'RSASSA-PKCS1-v1_5', hash, modulusLength: rsaBits, publicExponent: new Uint8Array([1, 0, 1]) };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const signingAlgorithm = by === undefined ? algorithm : { ...by.privateKey.algorithm, hash };
  const use = forClients ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth;
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: `00${Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex')}`,
      subject: `CN=${name}`,
      issuer: by?.certificate.subject ?? `CN=${name}`,
      publicKey: keys.publicKey,
      signingKey: by?.privateKey ?? keys.privateKey,
      signingAlgorithm,
      notBefore: new Date(now + from * DAY_MS),
      notAfter: new Date(now + days * DAY_MS),
      extensions: [
        new x509.BasicConstraintsExtension(authority, undefined, true),
        ...(authority ? [] : [new x509.ExtendedKeyUsageExtension([use])]),
        ...(names.length === 0
          ? []
          : [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns' as const, value })))]),
      ],
    },
    webcrypto,
  );
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return {
    pem: certificate.toString('pem'),
    key,
    issue: (child, childWishes = {}) =>
      make(child, { now, wishes: childWishes, by: { certificate, privateKey: keys.privateKey } }),
  };
}
