import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The installed mediasoup package. */
export const MEDIASOUP_DIR = fileURLToPath(new URL('../../node_modules/mediasoup/', import.meta.url));

/** @returns {string} e.g. `3.27.1` */
export function mediasoupVersion() {
  return JSON.parse(readFileSync(join(MEDIASOUP_DIR, 'package.json'), 'utf8')).version;
}

/**
 * Where the worker of this version for this kind of machine is kept, outside the repository so that every checkout
 * shares it: `${XDG_CACHE_HOME:-~/.cache}/carillon/mediasoup-worker/<version>-<platform>-<arch>/`.
 *
 * @returns {string}
 */
export function workerCacheDir() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'carillon', 'mediasoup-worker', `${mediasoupVersion()}-${process.platform}-${process.arch}`);
}

/** @returns {string} the worker's executable in that cache */
export function cachedWorkerPath() {
  return join(workerCacheDir(), process.platform === 'win32' ? 'mediasoup-worker.exe' : 'mediasoup-worker');
}
