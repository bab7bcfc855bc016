import { spawnSync } from 'node:child_process';
import { StartRefusal } from '@carillon/service-runtime';

/** PostgreSQL refuses to run as root: a root process runs it as this user. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

const NAME = 'postgres';

function readId(flag: '-u' | '-g'): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, NAME], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : undefined;
}

/**
 * The user to run PostgreSQL as, made where it does not exist; undefined where this process is not root.
 * @throws {StartRefusal} `START.NO_DATABASE_USER`
 */
export function findSystemUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (readId('-u') === undefined)
    spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME]);
  const uid = readId('-u');
  const gid = readId('-g');
  if (uid === undefined || gid === undefined)
    throw new StartRefusal(
      'START.NO_DATABASE_USER',
      `The embedded PostgreSQL does not run as root and no user "${NAME}" could be made: start as an ordinary user or set DATABASE_URL.`,
    );
  return { uid, gid };
}

/** Can this user enter the folder? Folders above it may be closed to it, as /root is. */
export function canEnter(folder: string, user: SystemUser | undefined): boolean {
  if (user === undefined) return true;
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...user, cwd: '/' }).status === 0;
}
