import { describe, expect, it } from 'vitest';
import { wait } from '../testing/wait.js';
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
    await wait(1000);
    clock.stop();
    const due = (performance.now() - startMs) / 20;
    expect(Math.abs(ticks - due)).toBeLessThanOrEqual(8);
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
    await wait(200);
    expect(ticks).toBe(3);
    clock.start();
    clock.start();
    await wait(200);
    clock.stop();
    expect(ticks).toBeGreaterThan(6);
    expect(ticks).toBeLessThan(16);
  });
});
