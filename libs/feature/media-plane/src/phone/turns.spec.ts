import { expect, it } from 'vitest';
import { Turns } from './turns.js';

it('so many are done at once, the others in their order, and none once too many wait', async () => {
  const turns = new Turns({ atOnce: 2, waiting: 3 });
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = Array.from({ length: 6 }, (_, at) =>
    turns.take(async () => {
      begun.push(at);
      await new Promise<void>((end) => ends.push(end));
      return at;
    }),
  );
  expect(begun).toEqual([0, 1]);
  expect(await all[5]).toBeUndefined();
  ends[1]?.();
  expect(await all[1]).toBe(1);
  expect(begun).toEqual([0, 1, 2]);
  ends[2]?.();
  await all[2];
  ends[0]?.();
  await all[0];
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  for (const end of ends) end();
  await Promise.all(all);
  expect(await turns.take(() => Promise.resolve('later'))).toBe('later');
});

it('what fails makes room as well', async () => {
  const turns = new Turns({ atOnce: 1, waiting: 1 });
  const failing = turns.take(() => Promise.reject(new Error('no')));
  const next = turns.take(() => Promise.resolve('next'));
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('next');
});
