import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from './testing/virtual-clock.js';
import { TimerQueues } from './timer-queues.js';

describe('timers in queues', () => {
  it('fire when and only when timers of the clock itself would', async () => {
    const step = fc.record({
      length: fc.constantFrom(0, 10, 500, 5000),
      clears: fc.option(fc.nat(20), { nil: undefined }),
      waits: fc.nat(700),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const fired = [true, false].map(() => [] as string[]);
        const clock = new VirtualClock();
        const clocks = [clock, new TimerQueues(clock)];
        const handles: (readonly object[])[] = [];
        for (const [at, { length, clears, waits }] of steps.entries()) {
          handles.push(
            clocks.map((one, which) => one.setTimeout(() => fired[which]?.push(`${at} at ${one.now()}`), length)),
          );
          const cleared = clears === undefined ? undefined : handles[clears];
          for (const [which, handle] of cleared?.entries() ?? []) clocks[which]?.clearTimeout(handle);
          await clock.advance(waits);
        }
        await clock.advance(10_000);
        expect(fired[1]?.toSorted()).toEqual(fired[0]?.toSorted());
        expect(clock.pending).toBe(0);
      }),
    );
  });

  it.each([
    [5000, 0],
    [500, 500],
  ])('of %d ms hold no timer of the clock when nothing has waited for %d ms', async (length, patience) => {
    const clock = new VirtualClock();
    const queues = new TimerQueues(clock);
    const handles = [1, 2, 3].map(() => queues.setTimeout(() => undefined, length));
    expect(clock.pending).toBe(1);
    for (const handle of handles) queues.clearTimeout(handle);
    await clock.advance(patience);
    expect(clock.pending).toBe(0);
  });
});
