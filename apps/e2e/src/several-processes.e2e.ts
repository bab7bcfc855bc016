import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Baresip } from './harness/baresip.js';
import { Carillon } from './harness/carillon.js';
import { LampWatcher } from './harness/lamp-watcher.js';
import { Phones } from './harness/phones.js';
import {
  callsSettle,
  newCallAt,
  pidOfProcess,
  processStates,
  replacedProcess,
  type ProcessState,
} from './harness/process-states.js';
import { sleep, until } from './harness/wait.js';

/** Calls that are tried until both processes have had one: all in the same has a chance of 1 in 500,000. */
const MOST_CALLS = 20;

let carillon: Carillon;
const phones = new Phones(() => carillon);
const watchers: LampWatcher[] = [];

const processes = (): Promise<ProcessState[]> => processStates(carillon);

async function connect(caller: Baresip, [number, callee]: readonly [string, Baresip]): Promise<void> {
  caller.dial(number);
  await caller.seen('CALL_ESTABLISHED');
  await callee.seen('CALL_ESTABLISHED');
}

async function hangUp(caller: Baresip, callee: Baresip): Promise<void> {
  caller.hangUp();
  await callee.seen('CALL_CLOSED');
  await caller.seen('CALL_CLOSED');
  caller.events.length = 0;
  callee.events.length = 0;
}

beforeAll(async () => {
  carillon = await Carillon.start({ CARILLON_SIGNALLING_PROCESSES: '2' });
});
afterEach(async () => {
  for (const watcher of watchers.splice(0)) watcher.stop();
  await phones.stopAll();
  await carillon.revive();
});
afterAll(() => carillon?.remove());

it('phones of either process call each other, over UDP and TCP', async () => {
  const alice = await phones.start('1001', { tone: 440 });
  const bob = await phones.start('1002', { tone: 700, transport: 'tcp' });
  // Each REGISTER goes to the process that its Call-ID names: until there are some in both.
  for (let more = 0; (await processes()).some(({ registrations }) => registrations === 0) && more < 10; more++)
    await phones.start(more % 2 === 0 ? '1003' : '1004', { tone: 500, transport: more % 2 === 0 ? 'udp' : 'tcp' });
  const used = new Set<number>();
  for (let call = 0; call < MOST_CALLS && (used.size < 2 || call < 4); call++) {
    const before = await processes();
    const [caller, callee, number] = call % 2 === 0 ? [alice, bob, '1002'] : ([bob, alice, '1001'] as const);
    await connect(caller, [number, callee]);
    used.add(await newCallAt(carillon, before));
    if (call === 0) await bob.hears(440, 1.5);
    await hangUp(caller, callee);
  }
  expect(used).toEqual(new Set([0, 1]));
});

it('a killed process leaves the calls of the others alone, and comes back', async () => {
  const alice = await phones.start('1001', { tone: 440 });
  // Over TCP baresip names its own end of the connection as Contact: where that died with the process, nothing leads to it until it registers again.
  const bob = await phones.start('1002', { tone: 700 });
  const carol = await phones.start('1003', { tone: 500, transport: 'tcp' });
  const dave = await phones.start('1004', { tone: 600 });
  const watched = { staff: carillon.staff('1005'), domain: carillon.demo.sip.domain, port: carillon.sipPort };
  // Some in each process.
  for (let lamp = 0; lamp < 8; lamp++) watchers.push(await LampWatcher.start({ ...watched, watched: '1002' }));

  await connect(alice, ['1002', bob]);
  const killed = (await processes()).findIndex(({ calls }) => calls > 0);
  for (let tried = 0; ; tried++) {
    const before = await processes();
    await connect(carol, ['1004', dave]);
    if ((await newCallAt(carillon, before)) !== killed) break;
    expect(tried).toBeLessThan(MOST_CALLS);
    await hangUp(carol, dave);
  }
  await until('every lamp to be lit', () =>
    Promise.resolve(watchers.every(({ states }) => states?.includes('confirmed') === true)),
  );

  const pid = pidOfProcess(carillon, killed);
  process.kill(pid, 'SIGKILL');
  await sleep(200);
  // As long as it is away, the other one goes on.
  expect((await processes())[1 - killed]).toMatchObject({ ok: true, calls: 1 });
  await replacedProcess(carillon, killed, pid);
  // However young it was, its call goes on in the one that took its place.
  await callsSettle(carillon, [1, 1]);

  // The other call never noticed.
  await dave.hears(500);
  carol.hangUp();
  await dave.seen('CALL_CLOSED');

  // Those whose call it had hang up, and call again, in whichever process.
  await hangUp(alice, bob);
  for (let call = 0; call < 4; call++) {
    await connect(alice, ['1002', bob]);
    await hangUp(alice, bob);
  }
});

it('ends every call when it is stopped', async () => {
  const alice = await phones.start('1001', { tone: 440 });
  const bob = await phones.start('1002', { tone: 700, transport: 'tcp' });
  await connect(alice, ['1002', bob]);
  await carillon.end();
  await alice.seen('CALL_CLOSED');
  await bob.seen('CALL_CLOSED');
  await carillon.run();
});
