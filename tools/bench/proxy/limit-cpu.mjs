import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** cgroup v1: root on Linux only. */
const CONTROLLER = '/sys/fs/cgroup/cpu';
/** Short, so that nobody waits long for its turn. */
const PERIOD_MICROSECONDS = 10_000;

/**
 * Gives each of these processes a part of a core, so that the number of cores need not grow with the number of
 * processes that are compared.
 *
 * @param {number[]} pids
 * @param {number} percent of one core, each
 * @returns {() => void} takes the limit away again
 */
export function limitCpu(pids, percent) {
  if (!existsSync(CONTROLLER)) throw new Error('A share of a core can be given by cgroup v1 alone');
  const groups = pids.map((pid) => {
    const group = join(CONTROLLER, `carillon-bench-${pid}`);
    mkdirSync(group);
    writeFileSync(join(group, 'cpu.cfs_period_us'), String(PERIOD_MICROSECONDS));
    writeFileSync(join(group, 'cpu.cfs_quota_us'), String(Math.round((PERIOD_MICROSECONDS * percent) / 100)));
    writeFileSync(join(group, 'cgroup.procs'), String(pid));
    return group;
  });
  return () => {
    for (const group of groups) rmdirSync(group);
  };
}

/** The children of a process. @param {number} pid */
export function childrenOf(pid) {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}
