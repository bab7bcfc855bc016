export interface TurnLimits {
  readonly atOnce: number;
  readonly waiting: number;
}

/** So many at once, the others one after the other; who finds the queue full is not done at all. */
export class Turns {
  private readonly waiting: (() => void)[] = [];
  private underWay = 0;

  constructor(private readonly limits: TurnLimits) {}

  /** @returns undefined where too many wait */
  async take<T>(act: () => Promise<T>): Promise<T | undefined> {
    if (this.underWay < this.limits.atOnce) this.underWay += 1;
    else if (this.waiting.length >= this.limits.waiting) return undefined;
    else await new Promise<void>((called) => this.waiting.push(called));
    try {
      return await act();
    } finally {
      // Handed on rather than given back: nobody comes in between.
      const next = this.waiting.shift();
      if (next === undefined) this.underWay -= 1;
      else next();
    }
  }
}
