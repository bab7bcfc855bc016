import { X509Certificate } from 'node:crypto';
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import {
  certificateFiles,
  isSame,
  loadCertificates,
  type CertificateInUse,
  type CertificateSettings,
  type LoadedCertificates,
  type OtherCertificates,
  type UploadedCertificate,
} from './load-certificates.js';
import { ownCertificate } from './own-certificate.js';

/** A renewal writes several files: wait until it is done. */
const SETTLE_MILLISECONDS = 500;
/** Network drives and container volumes report no changes: look for oneself now and then. */
const LOOK_MILLISECONDS = 60_000;
const EXPIRY_WARNING_MILLISECONDS = 14 * 86_400_000;
const WARN_AGAIN_MILLISECONDS = 86_400_000;

/**
 * The certificates of this installation: those that the settings name, then those that an operator uploaded, else one of its
 * own making. Files are read again when they change and on SIGHUP; what cannot be used is logged, and what held before stays.
 */
export class Certificates {
  private readonly listeners = new Set<(loaded: LoadedCertificates) => void>();
  private readonly watchers: FSWatcher[] = [];
  private readonly hangUp = (): void => this.reload('SIGHUP');
  private cancelSettle: (() => void) | undefined;
  private cancelLook: () => void;
  private unusable: string | undefined;
  private warnedAt: number;

  private constructor(
    private readonly settings: CertificateSettings,
    private readonly others: { -readonly [Name in keyof OtherCertificates]: OtherCertificates[Name] },
    private readonly parts: { clock: Clock; logger: Logger },
    private loaded: LoadedCertificates,
  ) {
    for (const folder of new Set(certificateFiles(settings).map((file) => dirname(file)))) this.watchFolder(folder);
    this.warnedAt = parts.clock.now();
    process.on('SIGHUP', this.hangUp);
    this.cancelLook = parts.clock.after(LOOK_MILLISECONDS, () => this.look());
  }

  /** @throws {StartRefusal} `START.CERTIFICATE` naming the file that cannot be used */
  static async open(settings: CertificateSettings, parts: { clock: Clock; logger: Logger }): Promise<Certificates> {
    let own: Awaited<ReturnType<typeof ownCertificate>> | undefined;
    if (settings.tls.certificates.length === 0) {
      own = await ownCertificate(settings.dataDir, namesOf(settings), parts.clock.now());
    }
    const others = { own, uploaded: [] };
    const loaded = loadCertificates(settings, others);
    const fingerprint = fingerprintOf(loaded);
    if (own?.fresh === true) parts.logger.info({ fingerprint }, 'Made a TLS certificate for this installation');
    warnOfExpiry(loaded, parts);
    return new Certificates(settings, others, parts, loaded);
  }

  get current(): LoadedCertificates {
    return this.loaded;
  }

  /** Those of `current`, in the same order. */
  get inUse(): readonly CertificateInUse[] {
    return this.loaded.certificates.map(({ key: _, ...shown }) => shown);
  }

  /** Why files that have changed are not used; undefined while all is well. */
  get problem(): string | undefined {
    return this.unusable;
  }

  /** Those that an operator gave, all of them: they hold from now on. */
  useUploaded(uploaded: readonly UploadedCertificate[]): void {
    this.others.uploaded = uploaded;
    this.reload('an operator');
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
    const now = this.parts.clock.now();
    if (now - this.warnedAt < WARN_AGAIN_MILLISECONDS) return;
    this.warnedAt = now;
    warnOfExpiry(this.loaded, this.parts);
  }

  private reload(cause: string): void {
    const { logger } = this.parts;
    let loaded: LoadedCertificates;
    try {
      loaded = loadCertificates(this.settings, this.others);
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
