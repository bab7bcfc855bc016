import type { LiveCall } from '@carillon/contracts';
import { CallId, newId, OrganisationId, UserId } from '@carillon/domain';
import { expect, it } from 'vitest';
import { LiveCallBook } from './live-call-book.js';

const [alice, bob, carol] = [newId(UserId), newId(UserId), newId(UserId)];
const call = (to: UserId, change: Partial<LiveCall>): LiveCall => ({
  callId: CALL_ID,
  organisationId: newId(OrganisationId),
  direction: 'internal',
  from: { number: '1', name: null, userId: alice },
  to: { number: '2', name: null, userId: to, kind: 'user' },
  state: 'ringing',
  startedAt: '2026-01-01T00:00:00.000Z',
  answeredAt: null,
  endedAt: null,
  revision: 1,
  legs: [],
  outcome: null,
  endReason: null,
  sipStatus: null,
  ...change,
});
const CALL_ID = newId(CallId);

it('knows the calls of everyone in them, and tells whose changed', () => {
  const book = new LiveCallBook();
  expect(book.hear(call(bob, {}))).toEqual([alice, bob]);
  expect(book.callsOf(bob)).toHaveLength(1);
  // Sent on to somebody else: both see it.
  expect(new Set(book.hear(call(carol, { revision: 2 })))).toEqual(new Set([alice, bob, carol]));
  expect([book.callsOf(bob), book.callsOf(carol)]).toMatchObject([[], [{ revision: 2 }]]);
});

it('forgets a call that ended, and takes nothing that is older than what it knows', () => {
  const book = new LiveCallBook();
  book.hear(call(bob, { revision: 5 }));
  expect(book.hear(call(bob, { revision: 4, state: 'answered' }))).toEqual([]);
  expect(book.hear(call(bob, { revision: 6, state: 'ended' }))).toEqual([alice, bob]);
  expect([book.size, book.callsOf(alice), book.callsOf(bob)]).toEqual([0, [], []]);
  // Overtaken by the end: it does not come back.
  expect(book.hear(call(bob, { revision: 5 }))).toEqual([]);
  expect(book.hear(call(bob, { revision: 7, state: 'ended' }))).toEqual([]);
  expect([book.size, book.callsOf(alice)]).toEqual([0, []]);
});
