import { createMemoryBus } from '@carillon/event-bus';
import { expect, it } from 'vitest';
import { ownerIdOf, placeOf } from './place.js';
import { shedEverywhere } from './shed-everywhere.js';

const [early, late] = ['2026-01-01T10:00:00.000Z', '2026-01-01T10:01:00.000Z'];

it('adds up what the processes have turned away, and leaves out one that does not run', async () => {
  const bus = createMemoryBus();
  bus.handle(
    'signalling.shed',
    () => ({
      ok: true,
      admittedShare: 0.5,
      shed: [
        { minute: late, why: 'slow', calls: 2 },
        { minute: early, why: 'slow', calls: 3 },
      ],
    }),
    { ownerId: ownerIdOf(2) },
  );
  const own = { admittedShare: 1, shed: [{ minute: early, why: 'slow' as const, calls: 4 }] };
  const place = placeOf({ worker: 0, workers: 3 });
  expect(await shedEverywhere({ bus, place }, own)).toEqual({
    admittedShare: 0.75,
    shed: [
      { minute: late, why: 'slow', calls: 2 },
      { minute: early, why: 'slow', calls: 7 },
    ],
  });
  expect(await shedEverywhere({ bus, place: placeOf(undefined) }, own)).toEqual(own);
});
