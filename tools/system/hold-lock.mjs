import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const RETRY_MS = 500;

/**
 * Does `work` while no other process does work under the same lock. The lock is a directory (mkdir is atomic
 * everywhere) that names its owner; the lock of a process that has died is taken over.
 *
 * @template T
 * @param {string} path the lock directory, e.g. `<cache>/lock`
 * @param {() => Promise<T>} work
 * @param {{ onWait?: (ownerPid: number) => void }} [options] `onWait` is called once if another process holds it
 * @returns {Promise<T>}
 */
export async function holdLock(path, work, options = {}) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!take(path)) {
    const owner = ownerOf(path);
    if (owner !== undefined && !isAlive(owner)) {
      rmSync(path, { recursive: true, force: true });
      continue;
    }
    if (!told && owner !== undefined) {
      told = true;
      options.onWait?.(owner);
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  try {
    return await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function take(path) {
  try {
    mkdirSync(path);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(path, 'pid'), String(process.pid));
  return true;
}

/** The owner's process id; undefined in the instant between its mkdir and its write. */
function ownerOf(path) {
  try {
    const pid = Number(readFileSync(join(path, 'pid'), 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
