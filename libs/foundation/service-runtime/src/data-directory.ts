import { accessSync, constants, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartRefusal } from './start-refusal.js';

const LOCK_NAME = 'carillon.lock';
const OWN_LOCK_ATTEMPTS = 3;

/** When this process began, in the kernel's ticks: tells a live owner from a stranger that got its old number. */
function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    // No such process, or no /proc on this system.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The living owner of a lock, if there is one. */
function livingOwner(lockText: string): number | undefined {
  const [pid = 0, start] = lockText
    .trim()
    .split(' ')
    .map((word, index) => (index === 0 ? Number(word) : word)) as [number?, string?];
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid || !isAlive(pid)) return undefined;
  const now = processStart(pid);
  return now === undefined || start === undefined || now === start ? pid : undefined;
}

function takeLock(dataDir: string): void {
  const lock = join(dataDir, LOCK_NAME);
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, `${process.pid} ${processStart(process.pid) ?? ''}\n`);
  try {
    for (let attempt = 0; attempt < OWN_LOCK_ATTEMPTS; attempt++) {
      try {
        // A hard link either appears whole or fails: two starters cannot both succeed.
        linkSync(mine, lock);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const owner = livingOwner(readFileSync(lock, 'utf8'));
      if (owner !== undefined)
        throw new StartRefusal(
          'START.DATA_DIR_IN_USE',
          `Carillon already runs with the data directory ${dataDir} (process ${owner}): stop it or set CARILLON_DATA_DIR to another folder.`,
        );
      rmSync(lock, { force: true });
    }
    throw new StartRefusal('START.DATA_DIR_IN_USE', `Another Carillon is starting with the data directory ${dataDir}.`);
  } finally {
    rmSync(mine, { force: true });
  }
}

/** A data directory that this process alone uses. */
export interface ClaimedDataDirectory {
  readonly path: string;
  /** Lets the next process have it. Idempotent. */
  release(): void;
}

/**
 * Makes the data directory (mode 0711: the database's user passes through; `secrets` inside it 0700), checks that it can be written, and locks it.
 * @throws {StartRefusal} `START.DATA_DIR_READ_ONLY`, `START.DATA_DIR_IN_USE`
 */
export function claimDataDirectory(dataDir: string): ClaimedDataDirectory {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o711 });
    mkdirSync(join(dataDir, 'secrets'), { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.W_OK);
    takeLock(dataDir);
  } catch (error) {
    if (error instanceof StartRefusal) throw error;
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new StartRefusal(
      'START.DATA_DIR_READ_ONLY',
      `The data directory ${dataDir} cannot be written (${why}): make it writable or set CARILLON_DATA_DIR to another folder.`,
      { cause: error },
    );
  }
  let held = true;
  const release = (): void => {
    if (held) rmSync(join(dataDir, LOCK_NAME), { force: true });
    held = false;
  };
  return { path: dataDir, release };
}
