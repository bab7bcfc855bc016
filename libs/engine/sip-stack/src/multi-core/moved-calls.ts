/** Calls remembered at most, on either side; the ones that were quiet for longest are forgotten first. */
const MAX_CALLS = 100_000;

/** Calls that are with another worker than their Call-ID says. */
export class MovedCalls {
  /** Of those that are ours by Call-ID: who has them. */
  private readonly away = new Map<string, number>();
  /** Those of others that are here. */
  private readonly kept = new Set<string>();

  constructor(private readonly most = MAX_CALLS) {}

  /** Who has a call that is ours by its Call-ID. */
  whereIs(callId: string): number | undefined {
    if (this.away.size === 0) return undefined;
    const worker = this.away.get(callId);
    if (worker !== undefined) this.moved(callId, worker);
    return worker;
  }

  moved(callId: string, worker: number): void {
    this.kept.delete(callId);
    this.away.delete(callId);
    this.away.set(callId, worker);
    const [oldest] = this.away.keys();
    if (this.away.size > this.most && oldest !== undefined) this.away.delete(oldest);
  }

  /** One of another worker's is here. */
  isKept(callId: string): boolean {
    return this.kept.has(callId);
  }

  /** It is here again. */
  back(callId: string): void {
    this.away.delete(callId);
  }

  /** One that others may have to be told of anew. */
  keep(callId: string): void {
    this.away.delete(callId);
    this.kept.delete(callId);
    this.kept.add(callId);
    const [oldest] = this.kept;
    if (this.kept.size > this.most && oldest !== undefined) this.kept.delete(oldest);
  }

  get keptCalls(): Iterable<string> {
    return this.kept;
  }
}
