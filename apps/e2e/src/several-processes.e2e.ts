import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Baresip } from './harness/baresip.js';
import { lastCall } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { LampWatcher } from './harness/lamp-watcher.js';
import { Phones } from './harness/phones.js';
import { measureTone } from './harness/tones.js';
import { sleep, until } from './harness/wait.js';

/** Calls that are tried until both processes have had one: all in the same has a chance of 1 in 2,048. */
const MOST_CALLS = 12;

let carillon: Carillon;
const phones = new Phones(() => carillon);
const watchers: LampWatcher[] = [];

interface ProcessState {
  readonly ok: boolean;
  readonly calls: number;
  readonly registrations: number;
}

/** What `/health` says of each process. */
async function processes(): Promise<ProcessState[]> {
  const answer = await fetch(`${carillon.httpUrl}/health`);
  const { parts } = (await answer.json()) as { parts: Record<string, { ok: boolean; detail?: string }> };
  return [0, 1].map((number) => {
    const { ok = false, detail = '' } = parts[`signalling ${number}`] ?? {};
    const count = (of: string): number => Number(new RegExp(`(\\d+) ${of}`).exec(detail)?.[1] ?? 0);
    return { ok, calls: count('calls'), registrations: count('registrations') };
  });
}

/** The process that has more calls than before. */
async function newCallAt(before: readonly ProcessState[]): Promise<number> {
  const now = await processes();
  return now.findIndex(({ calls }, number) => calls > (before[number]?.calls ?? 0));
}

/** The system's number of a process, as the log told when it last began to listen. */
function pidOf(process: number): number {
  const lines = carillon.output.split('\n').filter((line) => line.includes('A process of signalling listens'));
  const found = lines.map((line) => JSON.parse(line) as { process: number; pid: number });
  return found.filter((one) => one.process === process).at(-1)?.pid ?? 0;
}

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
    used.add(await newCallAt(before));
    if (call === 0) await sleep(3000);
    await hangUp(caller, callee);
    if (call === 0) expect(measureTone(bob.heard(), 440).seconds).toBeGreaterThan(1.5);
  }
  expect(used).toEqual(new Set([0, 1]));
});

it('a killed process takes its own calls alone, lamps turn off, and it comes back', async () => {
  const alice = await phones.start('1001', { tone: 440 });
  const bob = await phones.start('1002', { tone: 700, transport: 'tcp' });
  const carol = await phones.start('1003', { tone: 500, transport: 'tcp' });
  const dave = await phones.start('1004', { tone: 600 });
  const watched = { staff: carillon.staff('1005'), domain: carillon.demo.sip.domain, port: carillon.sipPort };
  // Some in each process.
  for (let lamp = 0; lamp < 8; lamp++) watchers.push(await LampWatcher.start({ ...watched, watched: '1002' }));

  await connect(alice, ['1002', bob]);
  const killed = await newCallAt([
    { ok: true, calls: 0, registrations: 0 },
    { ok: true, calls: 0, registrations: 0 },
  ]);
  for (let tried = 0; ; tried++) {
    const before = await processes();
    await connect(carol, ['1004', dave]);
    if ((await newCallAt(before)) !== killed) break;
    expect(tried).toBeLessThan(MOST_CALLS);
    await hangUp(carol, dave);
  }
  await until('every lamp to be lit', () =>
    Promise.resolve(watchers.every(({ states }) => states?.includes('confirmed') === true)),
  );

  process.kill(pidOf(killed), 'SIGKILL');
  await until('lamps to turn off', () => {
    const off = watchers.filter(({ states }) => states?.includes('confirmed') !== true);
    return Promise.resolve(off.length > 0);
  });
  // Those of the other process know; the killed one's wait for their phones to subscribe again.
  expect((await processes())[1 - killed]).toMatchObject({ ok: true, calls: 1 });
  await until('the process to be there again', async () => (await processes()).every(({ ok }) => ok));
  const record = await until('the call record', async () => {
    const call = await lastCall(carillon, '1001');
    return call.outcome === 'failed' ? call : undefined;
  });
  expect(record).toMatchObject({ from: { number: '1001' }, to: { number: '1002' } });

  // The other call never noticed.
  await sleep(2000);
  carol.hangUp();
  await dave.seen('CALL_CLOSED');
  await sleep(500);
  expect(measureTone(dave.heard(), 500).seconds).toBeGreaterThan(2);

  // Whose call it was can call again at once, in whichever process.
  alice.hangUp();
  bob.hangUp();
  await sleep(1000);
  for (const phone of [alice, bob]) phone.events.length = 0;
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
