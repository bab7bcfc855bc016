/**
 * @param {number[]} values milliseconds
 * @returns {{ count: number, p50: number, p95: number, p99: number, max: number } | undefined} undefined of nothing
 */
export function percentiles(values) {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  /** Nearest rank. */
  const at = (share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) };
}
