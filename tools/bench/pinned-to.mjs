import { spawnSync } from 'node:child_process';
import process from 'node:process';

/** The words that go before a command which may use these cores only. @param {string | undefined} core as taskset writes it */
export const pinnedTo = (core) => (core === undefined ? [] : ['taskset', '-c', core]);

/** Keeps this process, and what it starts without saying otherwise, off the other cores. @param {string | undefined} core */
export function pinOurselves(core) {
  if (core !== undefined) spawnSync('taskset', ['-acp', core, String(process.pid)], { stdio: 'ignore' });
}
