import { writeFileSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/** As `nice` counts: a quarter of the processor beside one who wants it as well, and all of it where nobody does. */
export const GIVING_WAY = 5;

/** The niceness of who gives way to us. */
export const behindUs = (): number => Math.min(constants.priority.PRIORITY_LOW, getPriority() + GIVING_WAY);

/**
 * Lets a process, and those it starts from now on, wait behind us where the processor is short. Anybody may do this to
 * what is their own. Linux may weigh sessions before processes (sched(7), "The autogroup feature"): the niceness of one that
 * leads a session of its own would count within that session alone, so the session itself gives way.
 *
 * @param pid leads its session
 * @returns why not, where the system does not let us
 */
export function giveWay(pid: number): unknown {
  try {
    setPriority(pid, behindUs());
  } catch (error) {
    return error;
  }
  if (process.platform !== 'linux') return undefined;
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(GIVING_WAY));
  } catch (error) {
    // This kernel has no such groups.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : error;
  }
  return undefined;
}
