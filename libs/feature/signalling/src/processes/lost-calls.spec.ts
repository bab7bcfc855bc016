import type { LiveCall } from '@carillon/contracts';
import { CallId, newId, OrganisationId } from '@carillon/domain';
import { createMemoryBus, type Bus } from '@carillon/event-bus';
import { ManualClock, silentLogger } from '@carillon/service-runtime';
import { beforeEach, expect, it, vi } from 'vitest';
import { LostCalls } from './lost-calls.js';
import { ownerIdOf, placeOf } from './place.js';

const COUNT = 2;
const organisationId = newId(OrganisationId);

let bus: Bus;
let clock: ManualClock;
let lostCalls: LostCalls;
let ended: string[];
let survivor: number | undefined;

/** An answered call of process 1. */
function begin(): CallId {
  const { owns } = placeOf({ worker: 1, workers: COUNT });
  let callId = newId(CallId);
  while (!owns(callId)) callId = newId(CallId);
  bus.publish('call.answered', { call: callOf(callId) });
  return callId;
}

function callOf(callId: CallId): LiveCall {
  const party = { number: '1001', name: null, userId: null };
  return {
    ...{ callId, organisationId, direction: 'internal', from: party, to: { ...party, kind: 'user' } },
    ...{
      state: 'answered',
      startedAt: new Date(0).toISOString(),
      answeredAt: new Date(1).toISOString(),
      endedAt: null,
    },
    ...{ revision: 3, legs: [], outcome: null, endReason: null, sipStatus: null },
  };
}

function copied(...keys: string[]): void {
  const kept = keys.map((key) => ({ key, copy: { of: key }, goesOn: true }));
  bus.publish('signalling.copied', { process: 1, what: 'calls', anew: false, kept, gone: [] });
}

const takeOver = () => bus.call('signalling.take-over', { process: 1 });

beforeEach(() => {
  bus = createMemoryBus();
  clock = new ManualClock();
  ended = [];
  survivor = undefined;
  bus.subscribe('call.ended', ({ call }) => void ended.push(`${call.callId} ${call.endReason}`));
  lostCalls = new LostCalls({ bus, clock, logger: silentLogger(), processes: COUNT, survivor: () => survivor });
});

it('ends what nobody can go on with, and keeps the rest for the process that comes', async () => {
  const [known, unknown] = [begin(), begin()];
  copied(known);
  await bus.settled();
  expect(lostCalls.lost(1)).toEqual({ ended: 1, waiting: 1 });
  await bus.settled();
  expect(ended).toEqual([`${unknown} Interrupted`]);
  clock.advance(20_000);
  expect(await takeOver()).toEqual({
    ok: true,
    calls: [{ key: known, copy: { of: known }, goesOn: true }],
    subscriptions: [],
    publications: [],
    publishedElsewhere: [],
  });
  // It is there, and has them: nothing ends any more.
  clock.advance(60_000);
  await bus.settled();
  expect(ended).toHaveLength(1);
  // It dies as well, before it has told anything.
  expect(lostCalls.lost(1)).toEqual({ ended: 0, waiting: 1 });
});

it('ends them when no process comes in time', async () => {
  const callId = begin();
  copied(callId);
  await bus.settled();
  lostCalls.lost(1);
  clock.advance(29_000);
  await bus.settled();
  expect(ended).toEqual([]);
  clock.advance(2_000);
  await bus.settled();
  expect(ended).toEqual([`${callId} Interrupted`]);
  expect(await takeOver()).toMatchObject({ calls: [] });
});

it('forgets copies that are withdrawn, and all when a process begins anew', async () => {
  const [one, other] = [begin(), begin()];
  copied(one, other);
  bus.publish('signalling.copied', { process: 1, what: 'calls', anew: false, kept: [], gone: [one] });
  await bus.settled();
  expect(await takeOver()).toMatchObject({ calls: [{ key: other }] });
  bus.publish('signalling.copied', { process: 1, what: 'calls', anew: true, kept: [], gone: [] });
  await bus.settled();
  expect(await takeOver()).toMatchObject({ calls: [] });
});

it('ends at once what only rings, and keeps what its phones are to be told', async () => {
  const rings = begin();
  const kept = [{ key: rings, copy: { of: rings }, goesOn: false }];
  bus.publish('signalling.copied', { process: 1, what: 'calls', anew: false, kept, gone: [] });
  await bus.settled();
  expect(lostCalls.lost(1)).toEqual({ ended: 1, waiting: 0 });
  await bus.settled();
  expect(ended).toEqual([`${rings} Interrupted`]);
  expect(await takeOver()).toMatchObject({ calls: kept });
});

it('has another process tell the phones at once, where there is one', async () => {
  const rings = begin();
  const kept = [{ key: rings, copy: { of: rings }, goesOn: false }];
  bus.publish('signalling.copied', { process: 1, what: 'calls', anew: false, kept, gone: [] });
  const asked: unknown[] = [];
  const answer = (of: object) => {
    asked.push(of);
    return { ok: true as const, told: 1 };
  };
  bus.handle('signalling.end-calls', answer, { ownerId: ownerIdOf(0) });
  survivor = 0;
  await bus.settled();
  lostCalls.lost(1);
  await vi.waitFor(async () => expect(await takeOver()).toMatchObject({ calls: [] }));
  expect(asked).toEqual([{ calls: kept }]);
});

it('forgets a call that its process has ended itself, though it dies before it withdraws the copy', async () => {
  const callId = begin();
  copied(callId);
  await bus.settled();
  const over = { ...callOf(callId), state: 'ended' as const };
  bus.publish('call.ended', { call: over });
  await bus.settled();
  expect(lostCalls.lost(1)).toEqual({ ended: 0, waiting: 0 });
  expect(await takeOver()).toMatchObject({ calls: [] });
});
