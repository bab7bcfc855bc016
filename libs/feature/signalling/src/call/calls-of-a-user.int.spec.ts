import { expect, it } from 'vitest';
import { LIMITS } from '../limits.js';
import { outcome, until, useSignalling } from '../testing/signalling-bench.js';

const bench = useSignalling(26_650);

it('a user has so many calls at once, made and taken, and no more until one of them ends', async () => {
  const alice = await bench.phone('1001');
  const bob = await bench.phone('1002');
  const calls = [];
  for (let made = 1; made <= LIMITS.callsPerUser; made += 1) {
    calls.push(alice.call('1002'));
    await until('the next call', () => bob.invites.length === made);
  }
  const over = await outcome(alice.call('1002'));
  expect([over.status, over.response?.reason]).toEqual([486, 'Too many calls']);
  const busy = await outcome(bob.call('1001'));
  expect([busy.status, busy.response?.reason]).toEqual([486, 'Too many calls']);
  expect(bob.invites).toHaveLength(LIMITS.callsPerUser);

  const [first] = calls;
  if (first === undefined) throw new Error('No call');
  const ended = outcome(first);
  first.cancel();
  expect((await ended).status).toBe(487);
  calls.push(alice.call('1002'));
  await until('a call in its place', () => bob.invites.length === LIMITS.callsPerUser + 1);
  for (const call of calls) call.cancel();
});
