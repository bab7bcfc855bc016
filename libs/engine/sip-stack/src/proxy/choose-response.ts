/** A final response of a branch, or what stands for one. */
export interface Candidate {
  readonly status: number;
}

/** 4xx that tell the caller how to do better (RFC 3261 §16.7 item 6). */
const TELLING: ReadonlySet<number> = new Set([401, 407, 415, 420, 484]);

/**
 * The best of the final responses (RFC 3261 §16.7 item 6): any 6xx; else the lowest class, and in it what tells the
 * caller most; the first one that came when they are equal. 503 is never chosen while another response is there.
 */
export function chooseResponse<C extends Candidate>(candidates: readonly C[]): C | undefined {
  let best: C | undefined;
  for (const candidate of candidates) {
    if (best === undefined || rank(candidate.status) < rank(best.status)) best = candidate;
  }
  return best;
}

/** Lower is better. */
function rank(status: number): number {
  if (status >= 600) return 0;
  if (status === 503) return 699;
  const kind = Math.floor(status / 100) * 100;
  // Our own 408 of a silent branch says less than anything that a callee said.
  if (TELLING.has(status)) return kind;
  return status === 408 ? kind + 50 : status === 487 ? kind + 40 : kind + 20;
}
