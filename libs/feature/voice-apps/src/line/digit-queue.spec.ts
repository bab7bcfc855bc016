import { ManualClock } from '@carillon/service-runtime';
import { describe, expect, it } from 'vitest';
import { DigitQueue } from './digit-queue.js';

const never = new AbortController().signal;

describe('DigitQueue', () => {
  it('hands out what was pressed ahead, in order', async () => {
    const queue = new DigitQueue(new ManualClock());
    queue.push('1');
    queue.push('2');
    expect([await queue.next(10, never), await queue.next(10, never)]).toEqual(['1', '2']);
    expect(queue.isEmpty).toBe(true);
  });

  it('waits for a key, and gives up in time', async () => {
    const clock = new ManualClock();
    const queue = new DigitQueue(clock);
    const first = queue.next(1000, never);
    clock.advance(999);
    queue.push('#');
    expect(await first).toBe('#');
    const second = queue.next(1000, never);
    clock.advance(1000);
    expect(await second).toBeUndefined();
    queue.push('5');
    expect(queue.isEmpty).toBe(false);
  });

  it('is cancelled by the signal and loses no key to it', async () => {
    const queue = new DigitQueue(new ManualClock());
    const abort = new AbortController();
    const waiting = queue.next(1000, abort.signal);
    abort.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    queue.push('7');
    expect(await queue.next(10, never)).toBe('7');
  });

  it('keeps a bounded number of keys', () => {
    const queue = new DigitQueue(new ManualClock());
    for (let count = 0; count < 100; count++) queue.push('1');
    expect(queue['waiting']).toHaveLength(32);
  });
});
