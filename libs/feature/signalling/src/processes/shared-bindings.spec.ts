import { createMemoryBus, type Bus } from '@carillon/event-bus';
import { ManualClock, silentLogger } from '@carillon/service-runtime';
import { beforeEach, expect, it } from 'vitest';
import type { BindingRecords } from '../registrar/binding-records.js';
import { Registrar } from '../registrar/registrar.js';
import { testBinding } from '../testing/binding.js';
import { placeOf } from './place.js';
import { SharedBindings } from './shared-bindings.js';

const COUNT = 2;

interface Process {
  readonly registrar: Registrar;
  readonly shared: SharedBindings;
  /** What it has written, by contact. */
  readonly written: string[];
}

let bus: Bus;
let clock: ManualClock;
let removed: string[];

function open(own: number): Process {
  const place = placeOf({ worker: own, workers: COUNT });
  const written: string[] = [];
  const records = {
    readLive: () => Promise.resolve([]),
    write: (_: unknown, { keep, remove }: Parameters<BindingRecords['write']>[1]) => {
      written.push(...keep.map(({ key }) => `+${key}`), ...remove.map(({ key }) => `-${key}`));
      return Promise.resolve();
    },
    writeTimes: () => Promise.resolve(),
  } as unknown as BindingRecords;
  const registrar = new Registrar({ records, bus, clock, logger: silentLogger(), maximum: 100, owns: place.owns });
  return { registrar, shared: new SharedBindings({ registrar, bus, place, clock }), written };
}

/** A Call-ID that names a process. */
function callIdOf(process: number): string {
  const { owns } = placeOf({ worker: process, workers: COUNT });
  for (let number = 0; ; number++) if (owns(`call-${number}`)) return `call-${number}`;
}

let first: Process;
let second: Process;

beforeEach(async () => {
  clock = new ManualClock(1_000_000);
  bus = createMemoryBus();
  removed = [];
  bus.subscribe(
    'registration.removed',
    ({ registration, reason }) => void removed.push(`${registration.contact} ${reason}`),
  );
  first = open(0);
  second = open(1);
  await first.registrar.restore();
  await second.registrar.restore();
});

async function register(process: Process, seconds: number) {
  const binding = testBinding('<sip:alice@10.0.0.7>', {
    callId: callIdOf(0),
    flowId: 'tcp:10.0.0.9:5060-10.0.0.7:4711',
    registeredAt: clock.now(),
    expiresAt: clock.now() + seconds * 1000,
  });
  await process.registrar.change(binding.device.organisationId, {
    keep: [{ binding, replaces: undefined }],
    remove: [],
  });
  await bus.settled();
  return binding;
}

it('makes a binding known to the other process, with its flow, and its end', async () => {
  const binding = await register(first, 60);
  const [known] = second.registrar.ofUser(binding.device.userId);
  expect(known).toMatchObject({ key: binding.key, flowId: binding.flowId });
  await first.registrar.remove([binding], 'flow-broken');
  await bus.settled();
  expect(second.registrar.size).toBe(0);
  expect(removed).toEqual(['sip:alice@10.0.0.7 flow-broken']);
  // Written by the one that has it alone.
  expect([first.written, second.written]).toEqual([[`+${binding.key}`, `-${binding.key}`], []]);
});

it('tells refreshes, so that it runs out in both only when its phone is silent', async () => {
  const binding = await register(first, 60);
  clock.advance(50_000);
  const times = { ...binding, registeredAt: clock.now(), expiresAt: clock.now() + 60_000, cseq: 2 };
  first.registrar.refresh(binding, times);
  clock.advance(1_000);
  await bus.settled();
  clock.advance(20_000);
  await bus.settled();
  expect(second.registrar.ofUser(binding.device.userId)).toHaveLength(1);
  clock.advance(60_000);
  await bus.settled();
  expect([first.registrar.size, second.registrar.size]).toEqual([0, 0]);
  expect(removed).toEqual(['sip:alice@10.0.0.7 expired']);
});

it('lets another process replace it, when the phone has started anew', async () => {
  const before = await register(first, 60);
  clock.advance(1_000);
  const [known] = second.registrar.ofDevice(before.device.deviceId);
  const binding = { ...before, callId: callIdOf(1), registeredAt: clock.now(), expiresAt: clock.now() + 60_000 };
  await second.registrar.change(before.device.organisationId, { keep: [{ binding, replaces: known }], remove: [] });
  await bus.settled();
  expect(first.registrar.ofUser(before.device.userId)).toMatchObject([{ callId: binding.callId }]);
  expect([first.registrar.size, second.registrar.size, removed]).toEqual([1, 1, []]);
});

it('ends for everybody when its device is revoked, and is told of once', async () => {
  const binding = await register(first, 60);
  for (const { registrar } of [second, first])
    await registrar.remove(registrar.list(binding.device.organisationId, binding.device.userId), 'removed');
  await bus.settled();
  expect([first.registrar.size, second.registrar.size]).toEqual([0, 0]);
  expect(removed).toEqual(['sip:alice@10.0.0.7 removed']);
});

it('a process that begins learns what the other knows', async () => {
  const binding = await register(first, 60);
  second.shared.close();
  const again = open(1);
  await again.shared.learn();
  expect(again.registrar.ofUser(binding.device.userId)).toMatchObject([{ flowId: binding.flowId }]);
});
