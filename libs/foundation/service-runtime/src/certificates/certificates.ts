import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFileSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { Settings } from '../settings.js';
import { StartRefusal } from '../start-refusal.js';
import { ownCertificate, ownFiles } from './own-certificate.js';

/** A renewal writes several files: wait until it is done. */
const SETTLE_MILLISECONDS = 500;
/** Network drives and container volumes report no changes: look for oneself now and then. */
const LOOK_MILLISECONDS = 60_000;
const EXPIRY_WARNING_MILLISECONDS = 14 * 86_400_000;

/** What TLS needs, as PEM texts. */
export interface LoadedCertificates {
  /** The first is shown where no name is asked for; never empty. */
  readonly certificates: readonly { readonly chain: string; readonly key: string }[];
  readonly clients: { readonly authorities: string; readonly certificate: 'requested' | 'required' } | undefined;
  /** By host name, lower case: how that server is checked, when not by the system's authorities. */
  readonly peers: ReadonlyMap<string, 'insecure' | { readonly authorities: string }>;
}

/** A certificate that is shown to clients, and where it came from. */
export interface CertificateInUse {
  /** PEM. */
  readonly chain: string;
  readonly chainFile: string;
  readonly keyFile: string;
  /** The installation's own, which no authority vouches for. */
  readonly selfMade: boolean;
}

type CertificateSettings = Pick<Settings, 'tls' | 'dataDir' | 'advertisedAddress' | 'sipDomain'>;

/**
 * The certificates of this installation: those that the settings name, else one of its own making. Files are read
 * again when they change and on SIGHUP; what cannot be used is logged, and what held before stays.
 */
export class Certificates {
  private readonly listeners = new Set<(loaded: LoadedCertificates) => void>();
  private readonly watchers: FSWatcher[] = [];
  private readonly hangUp = (): void => this.reload('SIGHUP');
  private cancelSettle: (() => void) | undefined;
  private cancelLook: () => void;
  private unusable: string | undefined;

  private constructor(
    private readonly settings: CertificateSettings,
    private readonly own: { chain: string; key: string } | undefined,
    private readonly parts: { clock: Clock; logger: Logger },
    private loaded: LoadedCertificates,
  ) {
    for (const folder of new Set(filesOf(settings).map((file) => dirname(file)))) this.watchFolder(folder);
    process.on('SIGHUP', this.hangUp);
    this.cancelLook = parts.clock.after(LOOK_MILLISECONDS, () => this.look());
  }

  /** @throws {StartRefusal} `START.CERTIFICATE` naming the file that cannot be used */
  static async open(settings: CertificateSettings, parts: { clock: Clock; logger: Logger }): Promise<Certificates> {
    let own: Awaited<ReturnType<typeof ownCertificate>> | undefined;
    if (settings.tls.certificates.length === 0) {
      own = await ownCertificate(settings.dataDir, namesOf(settings), parts.clock.now());
    }
    const loaded = load(settings, own);
    const fingerprint = fingerprintOf(loaded);
    if (own?.fresh === true) parts.logger.info({ fingerprint }, 'Made a TLS certificate for this installation');
    warnOfExpiry(loaded, parts);
    return new Certificates(settings, own, parts, loaded);
  }

  get current(): LoadedCertificates {
    return this.loaded;
  }

  /** Those of `current`, in the same order. */
  get inUse(): readonly CertificateInUse[] {
    const { tls, dataDir } = this.settings;
    const files = this.own === undefined ? tls.certificates : [ownFiles(dataDir)];
    return this.loaded.certificates.flatMap(({ chain }, index) => {
      const file = files[index];
      return file === undefined ? [] : [{ chain, ...file, selfMade: this.own !== undefined }];
    });
  }

  /** Why files that have changed are not used; undefined while all is well. */
  get problem(): string | undefined {
    return this.unusable;
  }

  /** @returns forgets the callback */
  onChange(callback: (loaded: LoadedCertificates) => void): () => void {
    this.listeners.add(callback);
    return () => this.listeners.delete(callback);
  }

  close(): void {
    process.off('SIGHUP', this.hangUp);
    for (const watcher of this.watchers) watcher.close();
    this.cancelSettle?.();
    this.cancelLook();
    this.listeners.clear();
  }

  private watchFolder(folder: string): void {
    try {
      // The folder, not the file: renewals replace files and links.
      const watcher = watch(folder, { persistent: false }, () => {
        this.cancelSettle?.();
        this.cancelSettle = this.parts.clock.after(SETTLE_MILLISECONDS, () => this.reload('files changed'));
      });
      watcher.on('error', (error) => this.parts.logger.warn({ folder, error }, 'Certificates are no longer watched'));
      this.watchers.push(watcher);
    } catch (error) {
      this.parts.logger.warn({ folder, error }, 'Certificates cannot be watched; they are looked at once a minute');
    }
  }

  private look(): void {
    this.cancelLook = this.parts.clock.after(LOOK_MILLISECONDS, () => this.look());
    this.reload('a look');
  }

  private reload(cause: string): void {
    const { logger } = this.parts;
    let loaded: LoadedCertificates;
    try {
      loaded = load(this.settings, this.own);
    } catch (error) {
      logger.error({ cause, error }, 'New certificates cannot be used: the old ones stay');
      this.unusable = error instanceof Error ? error.message : String(error);
      return;
    }
    this.unusable = undefined;
    if (isSame(loaded, this.loaded)) return;
    this.loaded = loaded;
    logger.info({ cause, fingerprint: fingerprintOf(loaded) }, 'Certificates were read again');
    warnOfExpiry(loaded, this.parts);
    for (const callback of this.listeners) callback(loaded);
  }
}

/** Every name and address that a client may have been given for this installation. */
function namesOf({ advertisedAddress, sipDomain }: CertificateSettings): string[] {
  const own = hostname().toLowerCase();
  const names = [
    advertisedAddress,
    sipDomain,
    'localhost',
    ...(/^[a-z0-9.-]+$/.test(own) ? [own] : []),
    '127.0.0.1',
    '::1',
  ];
  return [...new Set(names)];
}

function filesOf({ tls }: CertificateSettings): string[] {
  return [
    ...tls.certificates.flatMap(({ chainFile, keyFile }) => [chainFile, keyFile]),
    ...(tls.clients === undefined ? [] : [tls.clients.authoritiesFile]),
    ...[...tls.peers.values()].filter((trust) => trust !== 'insecure'),
  ];
}

function load(settings: CertificateSettings, own: { chain: string; key: string } | undefined): LoadedCertificates {
  const { tls } = settings;
  const certificates = tls.certificates.map(({ chainFile, keyFile }) => {
    const chain = read(chainFile);
    const key = read(keyFile);
    try {
      if (new X509Certificate(chain).checkPrivateKey(createPrivateKey(key))) return { chain, key };
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
  return { certificates: own === undefined ? certificates : [own], clients, peers };
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

function isSame(one: LoadedCertificates, other: LoadedCertificates): boolean {
  const text = (loaded: LoadedCertificates): string => JSON.stringify({ ...loaded, peers: [...loaded.peers] });
  return text(one) === text(other);
}

function fingerprintOf({ certificates }: LoadedCertificates): string {
  const first = certificates[0];
  return first === undefined ? '' : new X509Certificate(first.chain).fingerprint256;
}

function warnOfExpiry({ certificates }: LoadedCertificates, { clock, logger }: { clock: Clock; logger: Logger }): void {
  for (const { chain } of certificates) {
    const { subject, validTo } = new X509Certificate(chain);
    if (Date.parse(validTo) - clock.now() < EXPIRY_WARNING_MILLISECONDS) {
      logger.warn({ subject, validTo }, 'A TLS certificate ends soon, or has ended');
    }
  }
}
