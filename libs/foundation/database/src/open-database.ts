import { StartRefusal, type Logger, type Settings } from '@carillon/service-runtime';
import pg from 'pg';
import { Database } from './database.js';
import { isDatabaseLost } from './database-errors.js';
import { EmbeddedPostgres } from './postgres/embedded-postgres.js';
import { migrate } from './migrate/migrate.js';

export interface OpenedDatabase {
  readonly database: Database;
  /** As the owner of the tables. */
  readonly url: string;
  /** The migrations that were applied now; on a first start all of them. */
  readonly migrated: readonly string[];
  /** Closes the connections, and the embedded server. Idempotent. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** For tests: nothing is forced to disk. */
  readonly hasty?: boolean;
}

function refuse(error: unknown): unknown {
  if (error instanceof pg.DatabaseError && (error.code === '28P01' || error.code === '28000' || error.code === '3D000'))
    return new StartRefusal('START.DATABASE_REFUSED', `The database of DATABASE_URL refuses us: ${error.message}.`, {
      cause: error,
    });
  if (error instanceof Error && (isDatabaseLost(error) || /ENOTFOUND|ETIMEDOUT|EAI_AGAIN|timeout/i.test(error.message)))
    return new StartRefusal(
      'START.DATABASE_UNREACHABLE',
      `The database of DATABASE_URL does not answer: ${error.message}.`,
      { cause: error },
    );
  return error;
}

/**
 * Starts the embedded server (or takes `DATABASE_URL`), brings the tables up to date and opens them.
 * @throws {StartRefusal} what a person can mend @throws {CodedError} `DATABASE.…`
 */
export async function openDatabase(
  settings: Pick<Settings, 'dataDir' | 'databaseUrl' | 'databasePort'>,
  logger: Logger,
  { hasty = false }: OpenOptions = {},
): Promise<OpenedDatabase> {
  const log = logger.child({ part: 'database' });
  const { dataDir, databaseUrl, databasePort } = settings;
  const server =
    databaseUrl === undefined
      ? await EmbeddedPostgres.start({ dataDir, port: databasePort, logger: log, hasty })
      : undefined;
  const url = databaseUrl ?? server?.url ?? '';
  try {
    const migrated = await migrate(url, log);
    const database = new Database({ url, logger: log });
    const close = async (): Promise<void> => {
      await database.close();
      await server?.stop();
    };
    return { database, url, migrated, close };
  } catch (error) {
    await server?.stop();
    throw server === undefined ? refuse(error) : error;
  }
}
