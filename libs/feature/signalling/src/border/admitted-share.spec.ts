import { expect, it } from 'vitest';
import { AdmittedShare } from './admitted-share.js';

const shed = (share: AdmittedShare, steps: number): void => {
  for (let step = 0; step < steps; step += 1) share.shed(0.98);
};
const recover = (share: AdmittedShare, steps: number): void => {
  for (let step = 0; step < steps; step += 1) share.recover();
};

it('falls while there is too much, and never to nothing', () => {
  const share = new AdmittedShare();
  shed(share, 30);
  expect(share.value).toBeCloseTo(0.98 ** 30);
  shed(share, 1_000);
  expect(share.value).toBe(0.02);
});

it('goes most of the way back at once, and the rest in small steps', () => {
  const share = new AdmittedShare();
  shed(share, 50);
  const fallen = share.value;
  share.recover();
  const back = share.value;
  expect(back).toBeGreaterThan(fallen + (1 - fallen) * 0.5);
  expect(back).toBeLessThan(0.9);
  share.recover();
  expect(share.value - back).toBeCloseTo(0.005);
  recover(share, 200);
  expect(share.value).toBe(1);
});

it('finds, within some rounds, the share that can be served', () => {
  const share = new AdmittedShare();
  const [capacity, shares] = [0.4, [] as number[]];
  let queue = 0;
  for (let step = 0; step < 2_000; step += 1) {
    queue = Math.max(0, queue + share.value - capacity);
    if (queue > 5) share.shed(0.98);
    else share.recover();
    if (step > 500) shares.push(share.value);
  }
  const mean = shares.reduce((sum, value) => sum + value, 0) / shares.length;
  expect(mean).toBeGreaterThan(capacity * 0.9);
  expect(mean).toBeLessThanOrEqual(capacity * 1.01);
});

it('forgets where it fell from when it is too much for long', () => {
  const share = new AdmittedShare();
  shed(share, 3_000);
  recover(share, 2);
  expect(share.value).toBeLessThan(0.04);
});
