import type { Ladder, LadderEntry, LadderParticipant } from '@carillon/contracts';
import type { LadderChunk } from './ladder-chunk.js';

/** From left to right, as they are shown: callers stand left of Carillon, everyone else right. */
const COLUMNS: readonly LadderParticipant['kind'][] = ['caller', 'carillon', 'callee', 'application'];

/** Each once, in the order of their columns. */
export function inColumns(participants: Iterable<LadderParticipant>): LadderParticipant[] {
  const byId = new Map<string, LadderParticipant>();
  for (const one of participants) if (!byId.has(one.id)) byId.set(one.id, one);
  return COLUMNS.flatMap((column) => [...byId.values()].filter(({ kind }) => kind === column));
}

/**
 * The ladder of its chunks, in the order in which they were written. One that is there twice, since it was not known
 * whether it had been written, counts once.
 */
export function joinChunks(chunks: readonly LadderChunk[]): Omit<Ladder, 'callId'> | undefined {
  const [first] = chunks;
  const last = chunks.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const entries = new Map<number, LadderEntry>();
  for (const chunk of chunks) {
    for (const [order, entry] of chunk.entries) if (!entries.has(order)) entries.set(order, entry);
    for (const [order, repeats, since] of chunk.again) {
      const entry = entries.get(order);
      if (entry?.kind !== 'message' || entry.repeats > repeats) continue;
      entries.set(order, { ...entry, repeats, lastRepeatAt: chunk.startedAt + since / 1000 });
    }
  }
  const counted = Math.max(...chunks.map((chunk) => chunk.before + chunk.entries.size));
  const notKept = Math.max(...chunks.map((chunk) => chunk.notKept));
  return {
    startedAt: first.startedAt,
    live: last.live,
    participants: inColumns(chunks.flatMap(({ participants }) => participants)),
    entries: [...entries].sort(([one], [other]) => one - other).map(([, entry]) => entry),
    // What a chunk had that is not there.
    notKept: notKept + Math.max(0, counted - entries.size),
    refused: first.refused,
  };
}
