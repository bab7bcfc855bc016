/** What to undo, newest first, when a thing of several parts is closed or could not be finished. */
export class ClosingSteps {
  private readonly steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.steps.push(step);
  }

  /** Runs every step, also after one that failed: what is gone already needs no closing. Idempotent. */
  async run(): Promise<void> {
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      const running = step;
      await Promise.resolve()
        .then(() => running())
        .catch(() => undefined);
    }
  }
}
