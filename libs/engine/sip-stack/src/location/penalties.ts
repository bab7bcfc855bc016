import type { Clock } from '../clock.js';
import type { Target } from './target.js';

const FIRST_MILLISECONDS = 30_000;
const LONGEST_MILLISECONDS = 300_000;
const MAX_PENALTIES = 1024;

interface Penalty {
  readonly until: number;
  readonly milliseconds: number;
}

/**
 * Targets that failed are avoided for a while: half a minute, twice as long each time again, five minutes at most, or
 * what their Retry-After said. Then they are tried again like any other; while every target is penalised, all are tried.
 */
export class Penalties {
  private readonly penalties = new Map<string, Penalty>();

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.penalties.size;
  }

  /** @param retryAfterSeconds what a 503 asked for */
  punish(target: Target, retryAfterSeconds?: number): void {
    const key = keyOf(target);
    const before = this.penalties.get(key)?.milliseconds;
    const grown = before === undefined ? FIRST_MILLISECONDS : Math.min(before * 2, LONGEST_MILLISECONDS);
    const wanted = retryAfterSeconds === undefined ? grown : Math.min(retryAfterSeconds * 1000, LONGEST_MILLISECONDS);
    this.penalties.delete(key);
    this.penalties.set(key, { until: this.clock.now() + wanted, milliseconds: grown });
    if (this.penalties.size > MAX_PENALTIES) {
      const oldest = this.penalties.keys().next();
      if (oldest.done !== true) this.penalties.delete(oldest.value);
    }
  }

  /** It answered. */
  forgive(target: Target): void {
    if (this.penalties.size > 0) this.penalties.delete(keyOf(target));
  }

  isPunished(target: Target): boolean {
    if (this.penalties.size === 0) return false;
    return (this.penalties.get(keyOf(target))?.until ?? 0) > this.clock.now();
  }

  /** The same targets, punished ones last. */
  order(targets: readonly Target[]): readonly Target[] {
    if (this.penalties.size === 0 || targets.length < 2) return targets;
    const good = targets.filter((target) => !this.isPunished(target));
    return good.length === targets.length ? targets : [...good, ...targets.filter((target) => this.isPunished(target))];
  }
}

function keyOf({ protocol, address, port }: Target): string {
  return `${protocol} ${address} ${port}`;
}
