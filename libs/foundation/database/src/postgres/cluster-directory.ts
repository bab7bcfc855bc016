import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodedError, type Logger } from '@carillon/service-runtime';
import { canEnter, type SystemUser } from './system-user.js';

/** The superuser of the embedded server, and the database in it. */
export const EMBEDDED_USER = 'carillon';
const ELSEWHERE = '/var/lib/carillon';

/**
 * The folder of the server's files: `<data>/postgres`, or one under /var/lib where the server's user cannot enter the
 * data directory. `<data>/postgres.location` then names it.
 */
export function chooseClusterDirectory(dataDir: string, user: SystemUser | undefined, logger: Logger): string {
  const location = join(dataDir, 'postgres.location');
  const chosen = existsSync(location) ? readFileSync(location, 'utf8').trim() : join(dataDir, 'postgres');
  mkdirSync(chosen, { recursive: true, mode: 0o700 });
  if (user !== undefined) chownSync(chosen, user.uid, user.gid);
  if (canEnter(chosen, user)) return chosen;
  mkdirSync(ELSEWHERE, { recursive: true });
  const other = mkdtempSync(join(ELSEWHERE, 'postgres-'));
  if (user !== undefined) chownSync(other, user.uid, user.gid);
  writeFileSync(location, `${other}\n`);
  rmSync(chosen, { recursive: true });
  logger.warn(
    { dataDir, databaseDir: other },
    `The database's user cannot enter ${dataDir}: its files are in ${other}`,
  );
  return other;
}

/** The server's password, made on first use; only this process's user can read it. */
export function readOrMakePassword(dataDir: string): string {
  const file = join(dataDir, 'secrets', 'postgres-password');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  mkdirSync(join(dataDir, 'secrets'), { recursive: true, mode: 0o700 });
  const password = randomBytes(24).toString('base64url');
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return password;
}

export interface InitOptions {
  readonly initdb: string;
  readonly clusterDir: string;
  readonly password: string;
  readonly user: SystemUser | undefined;
  /** Skips forcing files to disk. For tests alone. */
  readonly hasty: boolean;
}

/** Makes a new cluster where there is none. An attempt that was cut off is cleared away and made again. */
export function initialiseCluster({ initdb, clusterDir, password, user, hasty }: InitOptions): boolean {
  if (existsSync(join(clusterDir, 'PG_VERSION')) && existsSync(join(clusterDir, 'carillon.ready'))) return false;
  rmSync(clusterDir, { recursive: true, force: true });
  mkdirSync(clusterDir, { recursive: true, mode: 0o700 });
  const scratch = mkdtempSync(join(tmpdir(), 'carillon-initdb-'));
  const passwordFile = join(scratch, 'password');
  try {
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    if (user !== undefined) for (const path of [clusterDir, scratch, passwordFile]) chownSync(path, user.uid, user.gid);
    const { status, stderr, error } = spawnSync(
      initdb,
      [
        ...['-D', clusterDir, '-U', EMBEDDED_USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
        ...['--encoding=UTF8', '--locale=C.UTF-8', '--data-checksums', '--no-instructions'],
        ...(hasty ? ['--no-sync'] : []),
      ],
      { ...user, cwd: '/', encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } },
    );
    if (status !== 0)
      throw new CodedError(
        'DATABASE.INIT_FAILED',
        `The embedded database could not be made: ${stderr || String(error)}`,
      );
    writeFileSync(join(clusterDir, 'carillon.ready'), '');
    return true;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
