import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Settings } from '../settings.js';
import { StartRefusal } from '../start-refusal.js';
import type { MadeCertificate } from './make-self-signed.js';
import { ownFiles } from './own-certificate.js';

/** Where a certificate came from. Files are given by the settings; `built-in` is one that nobody vouches for. */
export type CertificateOrigin =
  | { readonly kind: 'file' | 'built-in'; readonly chainFile: string; readonly keyFile: string }
  | { readonly kind: 'uploaded'; readonly certificateId: string };

/** A certificate with its key, as PEM. */
export interface LoadedCertificate {
  readonly chain: string;
  readonly key: string;
  readonly origin: CertificateOrigin;
}

/** A certificate that is shown to clients, and where it came from. */
export type CertificateInUse = Omit<LoadedCertificate, 'key'>;

/** A certificate that an operator gave, checked then. */
export interface UploadedCertificate {
  readonly certificateId: string;
  readonly chain: string;
  readonly key: string;
}

/** What there is beside the files of the settings. */
export interface OtherCertificates {
  /** The installation's own; undefined where the settings name files. */
  readonly own: MadeCertificate | undefined;
  /** Behind the files, in this order. */
  readonly uploaded: readonly UploadedCertificate[];
}

/** What TLS needs, as PEM texts. */
export interface LoadedCertificates {
  /** The first is shown where no name is asked for; for a name that several have, the first of them. */
  readonly certificates: readonly [LoadedCertificate, ...LoadedCertificate[]];
  readonly clients: { readonly authorities: string; readonly certificate: 'requested' | 'required' } | undefined;
  /** By host name, lower case: how that server is checked, when not by the system's authorities. */
  readonly peers: ReadonlyMap<string, 'insecure' | { readonly authorities: string }>;
}

export type CertificateSettings = Pick<Settings, 'tls' | 'dataDir' | 'advertisedAddress' | 'sipDomain'>;

/** What has to be watched. */
export function certificateFiles({ tls }: CertificateSettings): string[] {
  return [
    ...tls.certificates.flatMap(({ chainFile, keyFile }) => [chainFile, keyFile]),
    ...(tls.clients === undefined ? [] : [tls.clients.authoritiesFile]),
    ...[...tls.peers.values()].filter((trust) => trust !== 'insecure'),
  ];
}

/** @throws {StartRefusal} `START.CERTIFICATE` naming the file that cannot be used */
export function loadCertificates(
  settings: CertificateSettings,
  { own, uploaded }: OtherCertificates,
): LoadedCertificates {
  const { tls, dataDir } = settings;
  const files = tls.certificates.map(({ chainFile, keyFile }): LoadedCertificate => {
    const chain = read(chainFile);
    const key = read(keyFile);
    try {
      if (new X509Certificate(chain).checkPrivateKey(createPrivateKey(key)))
        return { chain, key, origin: { kind: 'file', chainFile, keyFile } };
    } catch (error) {
      throw refusal(`${chainFile} and ${keyFile} are no certificate and key in PEM`, error);
    }
    throw refusal(`The key in ${keyFile} does not belong to the certificate in ${chainFile}`);
  });
  const clients =
    tls.clients === undefined
      ? undefined
      : { authorities: readAuthorities(tls.clients.authoritiesFile), certificate: tls.clients.certificate };
  const peers = new Map(
    [...tls.peers].map(([host, trust]) => [
      host,
      trust === 'insecure' ? ('insecure' as const) : { authorities: readAuthorities(trust) },
    ]),
  );
  const certificates = [...files, ...uploaded.map(asLoaded)];
  const [first, ...rest] = certificates.length === 0 && own !== undefined ? [asBuiltIn(own, dataDir)] : certificates;
  if (first === undefined) throw new TypeError('There is always a certificate of our own');
  return { certificates: [first, ...rest], clients, peers };
}

function asLoaded({ certificateId, chain, key }: UploadedCertificate): LoadedCertificate {
  return { chain, key, origin: { kind: 'uploaded', certificateId } };
}

function asBuiltIn({ chain, key }: MadeCertificate, dataDir: string): LoadedCertificate {
  return { chain, key, origin: { kind: 'built-in', ...ownFiles(dataDir) } };
}

function readAuthorities(file: string): string {
  const pem = read(file);
  try {
    new X509Certificate(pem).toString();
  } catch (error) {
    throw refusal(`${file} holds no certificate in PEM`, error);
  }
  return pem;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw refusal(`${file} cannot be read`, error);
  }
}

function refusal(what: string, cause?: unknown): StartRefusal {
  return new StartRefusal('START.CERTIFICATE', `${what}: check the CARILLON_TLS_ settings.`, { cause });
}

export function isSame(one: LoadedCertificates, other: LoadedCertificates): boolean {
  const text = (loaded: LoadedCertificates): string => JSON.stringify({ ...loaded, peers: [...loaded.peers] });
  return text(one) === text(other);
}
