import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** Desk phones of ten years ago know no elliptic curves. */
const KEYS = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;
const YEARS = 10;
const YEAR_MILLISECONDS = 365 * 86_400_000;

/** PEM texts. */
export interface MadeCertificate {
  readonly chain: string;
  readonly key: string;
}

/**
 * A certificate that vouches for itself, for an installation that has none: whoever uses it compares its fingerprint.
 * @param names DNS names and IP addresses it is for; the first is its common name
 */
export async function makeSelfSigned(names: readonly string[], now: number): Promise<MadeCertificate> {
  const keys = await webcrypto.subtle.generateKey(KEYS, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: `00${randomBytes(15).toString('hex')}`,
      name: [{ CN: [names[0] ?? 'carillon'] }, { O: ['Carillon, self-signed'] }],
      keys,
      signingAlgorithm: KEYS,
      // Phones' clocks may be a little behind.
      notBefore: new Date(now - 86_400_000),
      notAfter: new Date(now + YEARS * YEAR_MILLISECONDS),
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        new SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
        ),
      ],
    },
    webcrypto,
  );
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { chain: `${certificate.toString('pem')}\n`, key: `${PemConverter.encode(key, 'PRIVATE KEY')}\n` };
}
