/** Even ports of a range, handed out in turn so that a freed one rests as long as possible before its next use. */
export class PortPool {
  private readonly free: number[] = [];
  readonly total: number;

  /** Takes the pairs (even, even + 1) that lie whole between `min` and `max`, inclusive. */
  constructor(min: number, max: number) {
    for (let port = min + (min % 2); port + 1 <= max; port += 2) this.free.push(port);
    this.total = this.free.length;
  }

  /** The port of the next free pair; null when there is none. */
  take(): number | null {
    return this.free.shift() ?? null;
  }

  /** Puts a pair back, to the end of the line. */
  give(port: number): void {
    this.free.push(port);
  }

  get freeCount(): number {
    return this.free.length;
  }
}
