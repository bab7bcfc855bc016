/** How fast the share rises with nothing to shed, for each step. */
const RECOVER_STEP = 0.005;
/** Even a drowning server lets some in: without them it would not see that things are better. */
const LEAST = 0.02;
/**
 * What has piled up is worked off while hardly anybody is let in; then the way back leads so far towards the share with which it
 * began, since that was too much, but not by far.
 */
const WAY_BACK = 2 / 3;
/** How fast the share with which it began is forgotten while it still is too much, for each step. */
const FORGET_FACTOR = 0.998;

/**
 * The share of new calls that is let in, 0 to 1. It falls by a factor for as long as there is too much, which is longer than it was
 * wrong: the queue has to be worked off first. So it then jumps back to a little below where it began to fall, and rises from there in
 * small steps (as TCP's windows do, RFC 9438 §4.1), and a server with a little too much to do stays near its limit.
 */
export class AdmittedShare {
  private share = 1;
  /** With which it began to fall; undefined while it does not. */
  private fellFrom: number | undefined;

  get value(): number {
    return this.share;
  }

  /** @param factor below 1 */
  shed(factor: number): void {
    this.fellFrom = (this.fellFrom ?? this.share) * FORGET_FACTOR;
    this.share = Math.max(LEAST, this.share * factor);
  }

  recover(): void {
    const from = this.fellFrom ?? 0;
    this.fellFrom = undefined;
    const back = from > this.share ? (from - this.share) * WAY_BACK : RECOVER_STEP;
    this.share = Math.min(1, this.share + back);
  }
}
