import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A PostgreSQL server that runs on a cluster directory. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isPostgres(pid: number, clusterDir: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(clusterDir);
  } catch {
    // No /proc on this system: then being alive has to do.
    return process.platform !== 'linux';
  }
}

/** The living server of this cluster, if any: left behind by a process of ours that was killed. */
export function findPostmaster(clusterDir: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(clusterDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    // No file: stopped in good order.
    return undefined;
  }
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !Number.isInteger(port)) return undefined;
  return isProcessAlive(pid) && isPostgres(pid, clusterDir) ? { pid, port } : undefined;
}
