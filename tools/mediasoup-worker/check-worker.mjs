import { spawnSync } from 'node:child_process';

/** What the worker answers when mediasoup did not start it (its main.cpp: missing MEDIASOUP_VERSION). */
const EXIT_NOT_STARTED_BY_MEDIASOUP = 41;

/**
 * Whether this file is a mediasoup worker that runs on this machine (right architecture, all libraries found).
 *
 * @param {string} path
 * @returns {boolean}
 */
export function isWorkingWorker(path) {
  const { status } = spawnSync(path, [], { env: {}, stdio: 'ignore', timeout: 10_000 });
  return status === EXIT_NOT_STARTED_BY_MEDIASOUP;
}
