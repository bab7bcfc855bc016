import { describe, expect, it } from 'vitest';
import { CallRevisions } from './call-revisions.js';

describe('CallRevisions', () => {
  it('refuses what is older than what was heard, for each call by itself', () => {
    const revisions = new CallRevisions();
    const take = (callId: string, revision: number): boolean => revisions.take({ callId, revision });
    expect([take('a', 2), take('a', 3), take('a', 2), take('a', 3), take('b', 1)]).toEqual([
      true,
      true,
      false,
      true,
      true,
    ]);
  });

  it('remembers a bounded number of calls', () => {
    const revisions = new CallRevisions();
    for (let index = 0; index < 6_000; index++) revisions.take({ callId: String(index), revision: 2 });
    expect(revisions.take({ callId: '0', revision: 1 })).toBe(true);
    expect(revisions.take({ callId: '5999', revision: 1 })).toBe(false);
  });
});
