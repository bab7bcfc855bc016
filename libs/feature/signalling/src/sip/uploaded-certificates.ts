import type { Database } from '@carillon/database';
import type { Bus } from '@carillon/event-bus';
import type { Certificates, Logger, UploadedCertificate } from '@carillon/service-runtime';

export interface UploadedCertificatesParts {
  readonly database: Database;
  readonly bus: Bus;
  readonly logger: Logger;
  /** Opens the stored key of a certificate. */
  readonly unsealKey: (sealed: string) => string;
}

/**
 * Shows the certificates that operators uploaded, from now on and whenever that changes. Connections that are open go on with
 * the one that they began with. @returns stops
 * @throws {CodedError} `DATABASE.UNAVAILABLE` where they cannot be read the first time
 */
export async function followUploadedCertificates(
  certificates: Pick<Certificates, 'useUploaded'>,
  parts: UploadedCertificatesParts,
): Promise<() => void> {
  const { bus, logger } = parts;
  const read = async (): Promise<void> => certificates.useUploaded(await readUploaded(parts));
  // One after the other: what was read first must not come last.
  let last = read();
  const stop = bus.subscribe('sip.certificates-changed', () => {
    last = last
      .then(read)
      .catch((error: unknown) => logger.error({ error }, 'Uploaded certificates could not be read: the old ones stay'));
  });
  try {
    await last;
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}

/** The default one first. A key that cannot be opened any more leaves its certificate out. */
async function readUploaded({
  database,
  logger,
  unsealKey,
}: UploadedCertificatesParts): Promise<UploadedCertificate[]> {
  const rows = await database.asSystem('certificates', (tx) =>
    tx.sipCertificate.findMany({ orderBy: [{ isDefault: 'desc' }, { uploadedAt: 'desc' }, { id: 'desc' }] }),
  );
  return rows.flatMap(({ id, chain, keySealed }) => {
    try {
      return { certificateId: id, chain, key: unsealKey(keySealed) };
    } catch (error) {
      logger.error(
        { error, certificateId: id },
        'The key of an uploaded certificate cannot be opened: upload it again',
      );
      return [];
    }
  });
}
