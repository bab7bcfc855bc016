import type { ProxyTarget } from '../api/routed-request.js';

/** Redirections must not grow a request without end. */
const MAX_TARGETS = 100;

/** Targets in the order they are tried: each group at once, one group after another (RFC 3261 §16.6). */
export class TargetSet {
  private readonly known: ProxyTarget[] = [];
  private waiting: ProxyTarget[] = [];

  constructor(
    targets: readonly ProxyTarget[],
    private readonly sequential: boolean,
  ) {
    this.add(targets);
  }

  get empty(): boolean {
    return this.waiting.length === 0;
  }

  /** Adds targets that were not in the set before: a URI is tried once (§16.5). @returns how many were new */
  add(targets: readonly ProxyTarget[]): number {
    let added = 0;
    for (const target of targets) {
      const tried = this.known.some(({ uri, flow }) => uri === target.uri && flow?.id === target.flow?.id);
      if (tried || this.known.length >= MAX_TARGETS) continue;
      this.known.push(target);
      this.waiting.push(target);
      added += 1;
    }
    if (this.waiting.length > 1) this.waiting = this.waiting.toSorted((left, right) => (right.q ?? 1) - (left.q ?? 1));
    return added;
  }

  /** The targets to try now, at most `breadth`; those of the group that did not fit come next (RFC 5393 §5.3.3.1). */
  next(breadth: number): ProxyTarget[] {
    const q = this.waiting[0]?.q ?? 1;
    const most = this.sequential ? 1 : breadth;
    let count = 0;
    while (count < most && count < this.waiting.length && (this.waiting[count]?.q ?? 1) === q) count += 1;
    return this.waiting.splice(0, count);
  }

  clear(): void {
    this.waiting = [];
  }
}
