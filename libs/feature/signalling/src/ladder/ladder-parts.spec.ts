import type { Ladder } from '@carillon/contracts';
import { CallId, newId } from '@carillon/domain';
import { expect, it } from 'vitest';
import { joinLadders, ladderPartId, laterPartIds } from './ladder-parts.js';

const callId = newId(CallId);
const carillon = { id: 'carillon', kind: 'carillon', label: 'Carillon', detail: null } as const;
const alice = { id: 'a', kind: 'caller', label: 'Alice', detail: 'Desk phone' } as const;
const bob = { id: 'b', kind: 'callee', label: 'Bob', detail: null } as const;

function part(at: number, participants: Ladder['participants'], live = false): Ladder {
  const note = { kind: 'note', at, participant: null, category: 'decision', code: 'x', text: `${at}` } as const;
  return { callId, startedAt: at, live, participants, entries: [note], notKept: 1, refused: null };
}

it('keeps each part under an id of its own, the first under that of the call', () => {
  const ids = [ladderPartId(callId, 0), ...laterPartIds(callId)];
  expect(ids[0]).toBe(callId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ladderPartId(callId, 1)).toBe(ids[1]);
  // However often it went on.
  expect(ladderPartId(callId, 99)).toBe(ids.at(-1));
});

it('joins parts in the order in which things happened, each participant once', () => {
  const joined = joinLadders(callId, [
    part(5, [alice, carillon]),
    part(9, [{ ...alice, detail: null }, carillon, bob], true),
    part(7, [carillon]),
  ]);
  expect(joined?.entries.map(({ at }) => at)).toEqual([5, 7, 9]);
  expect(joined).toMatchObject({ callId, startedAt: 5, live: true, notKept: 3, participants: [alice, carillon, bob] });
  expect(joinLadders(callId, [])).toBeUndefined();
  expect(joinLadders(callId, [part(1, [alice])])?.entries).toHaveLength(1);
});
