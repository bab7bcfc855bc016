import { describe, expect, it } from 'vitest';
import { until, wait } from '../testing/wait.js';
import { TickClock } from './tick-clock.js';

describe('the tick', () => {
  it('comes every 20 ms without drift, also after a stall', async () => {
    let ticks = 0;
    const startMs = performance.now();
    const clock = new TickClock(
      () => performance.now(),
      () => {
        ticks += 1;
      },
    );
    clock.start();
    await wait(1000);
    const stallEndMs = performance.now() + 60;
    while (performance.now() < stallEndMs) {
      // Blocks the thread, as a long garbage collection would.
    }
    // As many as were due are made up for, as soon as the machine lets it.
    const missing = (): number => (performance.now() - startMs) / 20 - ticks;
    await wait(1000);
    await until(() => Math.abs(missing()) <= 8);
    clock.stop();
  });

  it('stops from within, and starts again', async () => {
    let ticks = 0;
    const clock = new TickClock(
      () => performance.now(),
      () => {
        ticks += 1;
        if (ticks === 3) clock.stop();
      },
    );
    clock.start();
    await until(() => ticks === 3);
    await wait(100);
    expect(ticks).toBe(3);
    clock.start();
    clock.start();
    const startMs = performance.now();
    await until(() => ticks > 6);
    await wait(100);
    clock.stop();
    // Once, though it was started twice.
    expect(ticks - 3).toBeLessThan((performance.now() - startMs) / 20 + 3);
  });
});
