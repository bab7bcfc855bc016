import type { ShedCalls } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import { askOthers } from './ask-others.js';
import type { Place } from './place.js';

/** What overload has cost. */
export interface Shedding {
  /** Of new calls, how many are let in. */
  readonly admittedShare: number;
  /** The latest first. */
  readonly shed: ShedCalls[];
}

/** Over all processes of signalling: each sheds what is too much for itself. A process that does not answer is left out. */
export async function shedEverywhere(
  parts: { readonly bus: Bus; readonly place: Place },
  own: Shedding,
): Promise<Shedding> {
  const all = [own];
  for (const answer of await askOthers(parts, 'signalling.shed', {})) if (answer.ok) all.push(answer);
  const byMinute = new Map<string, ShedCalls>();
  for (const one of all.flatMap(({ shed }) => shed)) {
    const key = `${one.minute} ${one.why}`;
    byMinute.set(key, { ...one, calls: one.calls + (byMinute.get(key)?.calls ?? 0) });
  }
  return {
    // New calls are spread evenly.
    admittedShare: all.reduce((sum, { admittedShare }) => sum + admittedShare, 0) / all.length,
    shed: [...byMinute.values()].sort((a, b) => (a.minute < b.minute ? 1 : a.minute > b.minute ? -1 : 0)),
  };
}
