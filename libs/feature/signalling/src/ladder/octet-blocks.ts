/** Room for the messages of a third of a usual call. */
export const BLOCK_OCTETS = 4096;
/** Blocks that wait to be used again at most: 8 MB. */
const MAX_SPARE = 2048;

/**
 * Memory for octets that are kept for some seconds: blocks that are used again and again, so that the collector has
 * nothing to do with them.
 */
export class OctetBlocks {
  private readonly spare: Buffer[] = [];
  /** Octets of blocks that were taken. */
  inUse = 0;

  /** A block with room for so many octets, of whatever content. */
  take(octets: number): Buffer {
    const block =
      octets > BLOCK_OCTETS
        ? Buffer.allocUnsafeSlow(octets)
        : (this.spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_OCTETS));
    this.inUse += block.length;
    return block;
  }

  giveBack(blocks: readonly Buffer[]): void {
    for (const block of blocks) {
      this.inUse -= block.length;
      if (block.length === BLOCK_OCTETS && this.spare.length < MAX_SPARE) this.spare.push(block);
    }
  }
}
