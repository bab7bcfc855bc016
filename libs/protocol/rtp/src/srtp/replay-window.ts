/** As many packets back as may still arrive, once each (RFC 3711 §3.3.2 asks for 64 at least). */
const SIZE = 128;

/** Remembers which indices were seen lately. Indices are whole numbers up to 2^48. */
export class ReplayWindow {
  private readonly seen = new Uint8Array(SIZE);
  private highest = -1;

  /** Whether a packet of this index may be taken: not seen, and not too old to know. */
  isFresh(index: number): boolean {
    if (index > this.highest) return true;
    return this.highest - index < SIZE && this.seen[index % SIZE] === 0;
  }

  /** To be called once the packet is known to be genuine. */
  remember(index: number): void {
    if (index > this.highest) {
      const from = Math.max(this.highest + 1, index - SIZE + 1);
      for (let skipped = from; skipped < index; skipped += 1) this.seen[skipped % SIZE] = 0;
      this.highest = index;
    }
    this.seen[index % SIZE] = 1;
  }
}
