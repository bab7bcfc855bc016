/**
 * One way that a call is being led: given up when the call ends or is led elsewhere. Not an AbortSignal: making one, listening
 * to it and aborting it takes longer than to find out where the call goes.
 */
export class Attempt {
  private over = false;
  private handler: (() => void) | undefined;

  get givenUp(): boolean {
    return this.over;
  }

  /** What is under way for it hears when it is given up; one thing at a time, undefined when that has come to its end. */
  onGivenUp(handler: (() => void) | undefined): void {
    this.handler = handler;
  }

  /** Idempotent. */
  giveUp(): void {
    if (this.over) return;
    this.over = true;
    this.handler?.();
    this.handler = undefined;
  }
}
