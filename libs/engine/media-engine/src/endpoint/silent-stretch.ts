/** A stretch of silence begins without a gap, so that the end of a word is not cut by the other side's jitter buffer. */
const WHOLE_MS = 400;
/** Then a packet now and then keeps NAT bindings open and tells the other side that we are still there. */
const KEEP_ALIVE_MS = 500;

/**
 * When to send silence where there is nothing to hear: a held or half-open call must not cost as much as a spoken one.
 * RTP need not be continuous (RFC 3551 §4.1); the first packet of sound that follows carries the marker.
 */
export class SilentStretch {
  private beganMs: number | null = null;
  private sentMs = 0;

  /** Call once for each tick of silence. @returns whether a frame of silence goes out in this one */
  isDue(nowMs: number): boolean {
    this.beganMs ??= nowMs;
    if (nowMs - this.beganMs >= WHOLE_MS && nowMs - this.sentMs < KEEP_ALIVE_MS) return false;
    this.sentMs = nowMs;
    return true;
  }

  /** There is something to hear again. */
  end(): void {
    this.beganMs = null;
  }
}
