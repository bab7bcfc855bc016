import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';
import { behindUs } from './give-way.js';

/**
 * Lets every thread of this process but the main one wait behind it where the processor is short. To be called before
 * threads are made: then those there are belong to V8 and to Node. V8's mark the heap while JavaScript runs, for 100 to 300 ms
 * at a time, and on one core four of them left a fifth of it for calls. Threads that are made later are not touched.
 *
 * On Linux, where a thread has a niceness of its own; elsewhere nothing happens.
 *
 * @returns why not, where the system does not let us
 */
export function helpersGiveWay(): unknown {
  if (process.platform !== 'linux') return undefined;
  const niceness = behindUs();
  let refused: unknown;
  for (const thread of readdirSync('/proc/self/task').map(Number)) {
    // The main thread has the number of the process (gettid(2)).
    if (thread === process.pid) continue;
    try {
      setPriority(thread, niceness);
    } catch (error) {
      // One that has ended meanwhile needs nothing.
      if (readdirSync('/proc/self/task').includes(String(thread))) refused = error;
    }
  }
  return refused;
}
