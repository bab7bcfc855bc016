/** A pair that a worker keeps bound is not used again within this: late packets of the call before must not reach the next. */
const REST_MS = 2_000;
/** Pairs that stay bound in one worker, beyond those in use. */
const MOST_KEPT = 1_024;

/** A pair to open. */
export interface TakenPort {
  readonly port: number;
  /** The worker that has it bound already; null where it must be bound. */
  readonly boundIn: number | null;
}

interface RestingPort {
  readonly port: number;
  readonly sinceMs: number;
}

/**
 * Even ports of a range. Pairs that were used stay bound in their worker, since to bind two sockets and to close them
 * again costs as much as the rest of a short call; once rested, they are the first to be handed out.
 *
 * ```text
 * free ──take──► in use ──give──► resting in its worker ──take, once rested──► in use
 *   ▲                │ (too many rest, or the worker died)        │
 *   └────────────────┴──────────── closed ◄── take, by another worker, where nothing else is left
 * ```
 */
export class PortPool {
  private readonly free: number[] = [];
  /** By worker, in the order they were given back. */
  private readonly resting = new Map<number, RestingPort[]>();
  private restingCount = 0;
  readonly total: number;

  /** Takes the pairs (even, even + 1) that lie whole between `min` and `max`, inclusive. */
  constructor(min: number, max: number) {
    for (let port = min + (min % 2); port + 1 <= max; port += 2) this.free.push(port);
    this.total = this.free.length;
  }

  /** A pair for a worker; null when there is none. */
  take(worker: number, nowMs: number): TakenPort | null {
    const [eldest] = this.resting.get(worker) ?? [];
    if (eldest !== undefined && nowMs - eldest.sinceMs >= REST_MS) return this.wake(worker);
    const port = this.free.shift();
    if (port !== undefined) return { port, boundIn: null };
    // Better a pair that has not rested than none.
    for (const one of [worker, ...this.resting.keys()]) if (this.countIn(one) > 0) return this.wake(one);
    return null;
  }

  /** Whether a pair that is given back now may stay bound. */
  mayKeep(worker: number): boolean {
    return this.countIn(worker) < MOST_KEPT;
  }

  /** Puts a pair back that its worker keeps bound. */
  rest(port: number, worker: number, nowMs: number): void {
    const resting = this.resting.get(worker);
    if (resting === undefined) this.resting.set(worker, [{ port, sinceMs: nowMs }]);
    else resting.push({ port, sinceMs: nowMs });
    this.restingCount += 1;
  }

  /** Puts back a pair that is bound nowhere, to the end of the line. */
  give(port: number): void {
    this.free.push(port);
  }

  /** The worker is gone, and what it kept bound is free. */
  lose(worker: number): void {
    const resting = this.resting.get(worker) ?? [];
    this.resting.delete(worker);
    this.restingCount -= resting.length;
    for (const { port } of resting) this.free.push(port);
  }

  get freeCount(): number {
    return this.free.length + this.restingCount;
  }

  private countIn(worker: number): number {
    return this.resting.get(worker)?.length ?? 0;
  }

  private wake(worker: number): TakenPort | null {
    const eldest = this.resting.get(worker)?.shift();
    if (eldest === undefined) return null;
    this.restingCount -= 1;
    return { port: eldest.port, boundIn: worker };
  }
}
