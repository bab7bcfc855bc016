import { readFileSync, readdirSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/**
 * CPU seconds that a process and its descendants have used so far (Linux; 0 elsewhere).
 *
 * @param {number} pid
 * @returns {number}
 */
export function cpuSeconds(pid) {
  const stats = readStats();
  const tree = [pid];
  for (const parent of tree) for (const [child, stat] of stats) if (stat.parent === parent) tree.push(child);
  return tree.reduce((sum, one) => sum + (stats.get(one)?.cpu ?? 0), 0);
}

function readStats() {
  const stats = new Map();
  if (process.platform !== 'linux') return stats;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The name in parentheses may hold spaces: count fields from behind it.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      stats.set(Number(name), {
        parent: Number(fields[1]),
        // Its own, and that of its children that have ended: PostgreSQL's processes come and go.
        cpu: [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0) / TICKS_PER_SECOND,
      });
    } catch {
      // The process has ended since the folder was read.
    }
  }
  return stats;
}
