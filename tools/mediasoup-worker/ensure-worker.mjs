#!/usr/bin/env node
// Makes sure that a mediasoup worker for this machine exists, and prints its path when run by itself.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { holdLock } from '../system/hold-lock.mjs';
import { buildWorker } from './build-worker.mjs';
import { isWorkingWorker } from './check-worker.mjs';
import { downloadWorker } from './download-worker.mjs';
import { cachedWorkerPath, workerCacheDir } from './worker-location.mjs';

/**
 * The first that there is of: `MEDIASOUP_WORKER_BIN`, the cache, the package's own download, a build from source.
 * Processes that ask at the same time wait for the first one.
 *
 * @returns {Promise<string>} the path of a worker that runs here; hand it over as `MEDIASOUP_WORKER_BIN`
 * @throws {Error} with one sentence for the person who starts Carillon
 */
export async function ensureWorker() {
  const given = process.env.MEDIASOUP_WORKER_BIN;
  if (given) {
    if (existsSync(given) && isWorkingWorker(given)) return given;
    throw new Error(`MEDIASOUP_WORKER_BIN is set to "${given}", which is not a mediasoup worker that runs here.`);
  }
  const cached = cachedWorkerPath();
  if (existsSync(cached) && isWorkingWorker(cached)) return cached;
  await holdLock(
    join(workerCacheDir(), 'lock'),
    async () => {
      if (existsSync(cached) && isWorkingWorker(cached)) return;
      if (!(await downloadWorker(cached))) await buildWorker(cached);
    },
    { onWait: (pid) => console.log(`Waiting for process ${pid}, which is fetching the mediasoup worker already`) },
  );
  return cached;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    console.log(await ensureWorker());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
