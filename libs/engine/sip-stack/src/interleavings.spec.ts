import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followPlan } from './testing/interleaved-call.js';
import { CALL_ACTIONS } from './testing/call-actions.js';
import type { CallPlan } from './testing/interleaved-call.js';

/** More by hand: `INTERLEAVINGS=20000 npx vitest run --project unit interleavings`. */
const RUNS = Number(process.env['INTERLEAVINGS'] ?? 200);

const plan: fc.Arbitrary<CallPlan> = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 }),
  altered: fc.constantFrom(0, 0, 0.1, 0.5),
  loss: fc.constantFrom(0, 0.1, 0.3, 0.6),
  doubled: fc.constantFrom(0, 0.3),
  delay: fc.constantFrom(1, 50, 2000),
  offerless: fc.boolean(),
  forked: fc.boolean(),
  answers: fc.constantFrom('at once', 'late', 'refuses', 'rings first', 'never'),
  timer: fc.boolean(),
  streams: fc.boolean(),
  offersInPrack: fc.boolean(),
  transfers: fc.constantFrom('declined', 'accepted', 'never told of'),
  steps: fc.array(fc.tuple(fc.constantFrom(...CALL_ACTIONS), fc.integer({ min: 0, max: 3000 })), { maxLength: 14 }),
});

describe('any order of events over any network', () => {
  it(
    'leaves no transaction, dialog or timer behind, and tells each side its end exactly once',
    async () => {
      await fc.assert(
        fc.asyncProperty(plan, async (one) => {
          expect(await followPlan(one)).toEqual({ left: {}, errors: [], wrong: [] });
        }),
        { numRuns: RUNS },
      );
    },
    60_000 + RUNS * 100,
  );
});
