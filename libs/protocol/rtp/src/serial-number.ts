/** Sequence numbers are 16 bit and timestamps 32 bit; both wrap, so they are compared by shortest distance (RFC 1982). */

/** How far `a` is ahead of `b`, -32768…32767. */
export function sequenceDistance(a: number, b: number): number {
  return ((a - b) << 16) >> 16;
}

/** `sequence + by`, wrapped to 16 bits. */
export function addSequence(sequence: number, by: number): number {
  return (sequence + by) & 0xffff;
}

/** How far `a` is ahead of `b` in clock units, -2^31…2^31-1. */
export function timestampDistance(a: number, b: number): number {
  return (a - b) | 0;
}

/** `timestamp + by`, wrapped to 32 bits. */
export function addTimestamp(timestamp: number, by: number): number {
  return (timestamp + by) >>> 0;
}
