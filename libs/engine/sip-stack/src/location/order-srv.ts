import type { SrvRecord } from './dns.js';

/**
 * SRV records in the order to try them (RFC 2782): by priority, and within one priority each next one drawn by weight,
 * where those of weight zero stand first and so keep a small chance.
 * @param random in [0, 1)
 */
export function orderSrv(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((one, other) => one - other);
  return priorities.flatMap((wanted) =>
    draw(
      records.filter(({ priority }) => priority === wanted),
      random,
    ),
  );
}

function draw(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  const left = [...records].sort((one, other) => Number(one.weight > 0) - Number(other.weight > 0));
  const drawn: SrvRecord[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, { weight }) => sum + weight, 0);
    // A whole number from 0 to the sum, both included.
    const mark = Math.floor(random() * (total + 1));
    let sum = 0;
    const at = left.findIndex(({ weight }) => (sum += weight) >= mark);
    drawn.push(...left.splice(Math.max(at, 0), 1));
  }
  return drawn;
}
