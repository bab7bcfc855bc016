import type { Clock } from '@carillon/service-runtime';

/** Beyond this the wall clock was set, or ran away from the monotonic one. */
const TOLERANCE_MS = 2;

/**
 * Milliseconds since 1970 with microseconds behind the point: messages of one call are often less than one apart. The
 * monotonic clock gives the fraction, the injected one the time.
 */
export function fineClock(clock: Clock): () => number {
  let offset = clock.now() - performance.now();
  return () => {
    const fine = performance.now() + offset;
    const coarse = clock.now();
    if (Math.abs(fine - coarse) <= TOLERANCE_MS) return fine;
    offset = coarse - performance.now();
    return coarse;
  };
}
