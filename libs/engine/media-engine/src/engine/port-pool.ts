/** A pair that a worker keeps bound is not used again within this: late packets of the call before must not reach the next. */
const REST_MS = 2_000;
/** Pairs that stay bound in one worker, beyond those in use: as many as rest after 500 short calls a second. */
const MOST_KEPT = 2_048;

/** Where a pair is bound, or is to be: by which worker, at which local address. */
export interface PortPlace {
  readonly worker: number;
  readonly address: string;
}

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

/** The pairs that rest in one place, in the order they were given back. */
interface RestingPlace extends PortPlace {
  readonly pairs: RestingPort[];
}

/**
 * Even ports of a range. Pairs that were used stay bound in their worker, since to bind two sockets and to close them
 * again costs as much as the rest of a short call; once rested, they are the first to be handed out.
 *
 * ```text
 * free ──take──► in use ──give──► resting in its worker ──take, once rested──► in use
 *   ▲                │ (too many rest, or the worker died)        │
 *   └────────────────┴──────────── closed ◄── take, for another place, where nothing else is left
 * ```
 */
export class PortPool {
  private readonly free: number[] = [];
  /** As many as there are workers and addresses: a handful. */
  private resting: RestingPlace[] = [];
  readonly total: number;

  /** Takes the pairs (even, even + 1) that lie whole between `min` and `max`, inclusive. */
  constructor(min: number, max: number) {
    for (let port = min + (min % 2); port + 1 <= max; port += 2) this.free.push(port);
    this.total = this.free.length;
  }

  /** A pair that is bound there: nothing about it can fail. It has rested, unless no other is left. Null when there is none. */
  takeBound(place: PortPlace, nowMs: number): number | null {
    const pairs = this.restingIn(place)?.pairs;
    const eldest = pairs?.[0];
    if (pairs === undefined || eldest === undefined) return null;
    if (nowMs - eldest.sinceMs < REST_MS && this.free.length > 0) return null;
    pairs.shift();
    return eldest.port;
  }

  /** A pair for a place; null when there is none. */
  take(place: PortPlace, nowMs: number): TakenPort | null {
    const bound = this.takeBound(place, nowMs);
    if (bound !== null) return { port: bound, boundIn: place.worker };
    const port = this.free.shift();
    if (port !== undefined) return { port, boundIn: null };
    // Better a pair that has not rested, and must be bound anew, than none.
    for (const { worker, pairs } of this.resting) {
      const eldest = pairs.shift();
      if (eldest !== undefined) return { port: eldest.port, boundIn: worker };
    }
    return null;
  }

  /** Whether a pair that is given back now may stay bound. */
  mayKeep(worker: number): boolean {
    let kept = 0;
    for (const place of this.resting) if (place.worker === worker) kept += place.pairs.length;
    return kept < MOST_KEPT;
  }

  /** Puts a pair back that its worker keeps bound. */
  rest(port: number, place: PortPlace, nowMs: number): void {
    const resting = this.restingIn(place);
    if (resting === undefined) this.resting.push({ ...place, pairs: [{ port, sinceMs: nowMs }] });
    else resting.pairs.push({ port, sinceMs: nowMs });
  }

  /** Puts back a pair that is bound nowhere, to the end of the line. */
  give(port: number): void {
    this.free.push(port);
  }

  /** The worker is gone, and what it kept bound is free. */
  lose(worker: number): void {
    for (const place of this.resting)
      if (place.worker === worker) for (const { port } of place.pairs) this.free.push(port);
    this.resting = this.resting.filter((place) => place.worker !== worker);
  }

  get freeCount(): number {
    return this.resting.reduce((count, { pairs }) => count + pairs.length, this.free.length);
  }

  private restingIn({ worker, address }: PortPlace): RestingPlace | undefined {
    for (const place of this.resting) if (place.worker === worker && place.address === address) return place;
    return undefined;
  }
}
