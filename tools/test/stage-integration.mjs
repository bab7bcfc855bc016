import { join } from 'node:path';
import process from 'node:process';
import { typescriptArguments } from '../start/typescript-arguments.mjs';
import { WORKSPACE } from '../start/workspace.mjs';
import { addCounts } from './counts.mjs';
import { runCheck } from './run-check.mjs';
import { runVitest } from './run-vitest.mjs';

const TIMEOUT_MS = 30 * 60_000;
const MIGRATION = join(WORKSPACE, 'libs', 'foundation', 'database', 'prisma', 'create-migration.mjs');

/** Specs that use real sockets, processes and databases; and whether every change of the schema has a migration. */
export async function integration({ worker }) {
  const migrations = await runCheck('the migrations make the schema', process.execPath, [
    ...typescriptArguments(),
    MIGRATION,
    '--check',
  ]);
  return addCounts(migrations, await runVitest(['integration'], { worker, timeoutMs: TIMEOUT_MS }));
}
