import type { Ladder, LadderEntry, LadderParticipant } from '@carillon/contracts';
import { CARILLON } from './call-ladder.js';
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
  const processes = [...new Set(chunks.map(({ by }) => by))];
  const parts = processes.map((process) => entriesOf(chunks.filter(({ by }) => by === process)));
  return {
    startedAt: first.startedAt,
    live: last.live,
    participants: inColumns([CARILLON, ...chunks.flatMap(({ participants }) => participants)]),
    entries: parts.flatMap(({ entries }) => entries),
    notKept: parts.reduce((sum, { notKept }) => sum + notKept, 0),
    refused: first.refused,
  };
}

/** Of the chunks of one process. */
function entriesOf(chunks: readonly LadderChunk[]): Pick<Ladder, 'entries' | 'notKept'> {
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
  return {
    entries: [...entries].sort(([one], [other]) => one - other).map(([, entry]) => entry),
    // And what a chunk had that is not there.
    notKept: Math.max(...chunks.map((chunk) => chunk.notKept)) + Math.max(0, counted - entries.size),
  };
}
