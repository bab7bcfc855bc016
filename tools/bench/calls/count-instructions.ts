import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';

/** `perf` says nothing when it has begun. */
const UNTIL_IT_COUNTS_MS = 300;

/**
 * Counts what this thread executes in user mode while something runs, by `perf` (Debian: `linux-perf`): a figure that other
 * work on the machine does not disturb. @returns undefined where there is no `perf`, or it may not count
 */
export async function countInstructions(run: () => Promise<unknown>): Promise<number | undefined> {
  const perf = spawn('perf', ['stat', '-x,', '-e', 'instructions:u', '-t', String(process.pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(perf, 'close').catch(() => undefined);
  let said = '';
  perf.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')));
  await pause(UNTIL_IT_COUNTS_MS);
  await run();
  perf.kill('SIGINT');
  await ended;
  const counted = /^(\d+),,instructions/m.exec(said)?.[1];
  return counted === undefined ? undefined : Number(counted);
}
