import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { CodedError, type Logger } from '@carillon/service-runtime';

/** Any fixed number: whoever migrates this database holds it. Prisma's CLI uses 72707369 too. */
const MIGRATION_LOCK = 72_707_369;
const MIGRATIONS_DIR = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

/** The table of Prisma's own CLI, so that `prisma migrate status` and we agree. */
const HISTORY_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, hex: what Prisma writes too. */
  readonly checksum: string;
}

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

async function readApplied(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    'SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

/** A file and its history row are one transaction: a failing migration leaves nothing behind. */
async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    const why = error instanceof Error ? error.message : String(error);
    throw new CodedError('DATABASE.MIGRATION_FAILED', `Migration ${name} failed: ${why}`, undefined, { cause: error });
  }
}

/**
 * Brings the database up to date. Several processes may call it at once: one works, the others wait.
 * @param url of a user that may create tables and roles
 * @returns the names of what was applied now
 * @throws {CodedError} `DATABASE.MIGRATION_FAILED`, `DATABASE.MIGRATION_EDITED` (an applied file was changed afterwards),
 * `DATABASE.NEWER` (the database was used by a later version)
 */
export async function migrate(url: string, logger: Logger, folder: string = MIGRATIONS_DIR): Promise<string[]> {
  const migrations = readMigrations(folder);
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(HISTORY_TABLE);
    const applied = await readApplied(client);
    const edited = migrations.find(({ name, checksum }) => (applied.get(name) ?? checksum) !== checksum);
    if (edited !== undefined)
      throw new CodedError('DATABASE.MIGRATION_EDITED', `Migration ${edited.name} was changed after it was applied`);
    const unknown = [...applied.keys()].find((name) => !migrations.some((migration) => migration.name === name));
    if (unknown !== undefined)
      throw new CodedError(
        'DATABASE.NEWER',
        `The database was used by a later version of Carillon (migration ${unknown})`,
      );
    const due = migrations.filter(({ name }) => !applied.has(name));
    for (const migration of due) {
      await apply(client, migration);
      logger.info({ migration: migration.name }, `Migrated the database: ${migration.name}`);
    }
    return due.map(({ name }) => name);
  } finally {
    // Ending the connection lets the lock go.
    await client.end();
  }
}
