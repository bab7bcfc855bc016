import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, type Logger } from '@carillon/service-runtime';
import { openDatabase, type OpenedDatabase } from './open-database.js';

export interface TestDatabase extends OpenedDatabase {
  /** The temporary data directory, with `secrets` in it. Removed on close. */
  readonly dataDir: string;
}

/**
 * A real PostgreSQL of the test's own, migrated and empty. One per spec file is quick enough (about a second).
 *
 * @param hasty commits are not waited for: what was committed in the last half second is gone when the server is killed
 */
export async function openTestDatabase(logger: Logger = silentLogger(), hasty = true): Promise<TestDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'carillon-test-'));
  chmodSync(dataDir, 0o755);
  const opened = await openDatabase({ dataDir, databaseUrl: undefined, databasePort: undefined }, logger, { hasty });
  const close = async (): Promise<void> => {
    await opened.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { ...opened, dataDir, close };
}
