import type { ShedCalls } from '@carillon/contracts';

export interface ShedReason {
  readonly why: ShedCalls['why'];
  readonly calls: number;
  /** First and last minute in which it happened. */
  readonly from: string;
  readonly to: string;
}

/** The minutes of the last hour in one line for each reason, the one that cost most calls first. */
export function shedSummary(shed: readonly ShedCalls[]): ShedReason[] {
  const found = new Map<ShedCalls['why'], ShedReason>();
  for (const { why, minute, calls } of shed) {
    const before = found.get(why);
    found.set(why, {
      why,
      calls: calls + (before?.calls ?? 0),
      from: before === undefined || minute < before.from ? minute : before.from,
      to: before === undefined || minute > before.to ? minute : before.to,
    });
  }
  return [...found.values()].sort((one, other) => other.calls - one.calls);
}
