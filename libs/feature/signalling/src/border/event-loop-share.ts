import { performance } from 'node:perf_hooks';

/** @returns tells which share of the time since it was asked last the event loop had work in hand, 0 to 1 */
export function eventLoopShare(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
