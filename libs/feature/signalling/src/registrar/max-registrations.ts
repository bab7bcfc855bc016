import { getHeapStatistics } from 'node:v8';

/** Heap that one registration takes, with its row's share of the maps: measured (docs/performance.md), rounded up. */
const BYTES_PER_BINDING = 2_500;
/** Part of the heap that registrations may fill, when nobody says how many there may be. */
const SHARE = 0.25;

/** Registrations that fit into this process's memory. */
export function defaultMaxRegistrations(): number {
  return Math.floor((getHeapStatistics().heap_size_limit * SHARE) / BYTES_PER_BINDING);
}
