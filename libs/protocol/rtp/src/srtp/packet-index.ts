/** The highest packet of a source so far: rollover counter and sequence number. */
export interface SourceIndex {
  readonly rollover: number;
  readonly sequence: number;
}

/**
 * The 48-bit index that a sequence number most likely has (RFC 3711 §3.3.1, appendix A).
 * @returns the rollover counter; −1 where the packet comes from before the first one
 */
export function guessRollover({ rollover, sequence: highest }: SourceIndex, sequence: number): number {
  if (highest < 0x8000) return sequence - highest > 0x8000 ? rollover - 1 : rollover;
  return highest - 0x8000 > sequence ? rollover + 1 : rollover;
}

/** Both in one number, which a double holds exactly. */
export function packetIndex(rollover: number, sequence: number): number {
  return rollover * 0x1_0000 + sequence;
}
