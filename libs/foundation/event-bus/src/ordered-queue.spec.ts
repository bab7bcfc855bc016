import { describe, expect, it } from 'vitest';
import { OrderedQueue } from './ordered-queue.js';

const soon = (): Promise<void> => new Promise((done) => setTimeout(done, 1));

function bench(take: (event: number, queue: OrderedQueue) => void | Promise<void>) {
  const taken: number[] = [];
  const failures: unknown[] = [];
  const queue: OrderedQueue = new OrderedQueue(
    (event) => {
      taken.push(event as number);
      return take(event as number, queue);
    },
    { failed: (error) => failures.push(error), growing: (length) => failures.push(length) },
  );
  const push = (...events: number[]): void => events.forEach((event) => queue.push(event, 'x'));
  return { queue, taken, failures, push };
}

describe('a queue', () => {
  it('lets the publisher finish its step, then gives everything in order', async () => {
    const { queue, taken, push } = bench((event) => (event % 2 === 0 ? soon() : undefined));
    push(1, 2, 3);
    expect(taken).toEqual([]);
    await queue.idle();
    expect(taken).toEqual([1, 2, 3]);
    expect(queue.idle()).toBeUndefined();
  });

  it('gives what comes meanwhile as well', async () => {
    const { queue, taken, push } = bench((event, own) => (event < 3 ? own.push(event + 1, 'x') : undefined));
    push(1);
    await queue.idle();
    expect(taken).toEqual([1, 2, 3]);
  });

  it('goes on after one that throws or rejects', async () => {
    const { queue, taken, failures, push } = bench((event) => {
      if (event === 1) throw new Error('thrown');
      return event === 2 ? Promise.reject(new Error('rejected')) : undefined;
    });
    push(1, 2, 3);
    await queue.idle();
    expect([taken, failures]).toEqual([
      [1, 2, 3],
      [new Error('thrown'), new Error('rejected')],
    ]);
  });

  it('forgets what waits, also where it is told so by who takes, and takes what comes later', async () => {
    const { queue, taken, push } = bench((event, own) => {
      if (event === 2) own.clear();
      return soon();
    });
    push(1, 2, 3);
    await queue.idle();
    expect(taken).toEqual([1, 2]);
    push(4);
    await queue.idle();
    expect(taken).toEqual([1, 2, 4]);
  });

  it('warns when it grows, and stays in order while it is never empty', async () => {
    const { queue, taken, failures, push } = bench(() => Promise.resolve());
    const events = Array.from({ length: 2_500 }, (_, index) => index);
    push(...events);
    await queue.idle();
    expect(taken).toEqual(events);
    expect(failures).toEqual([1000, 2000]);
  });
});
