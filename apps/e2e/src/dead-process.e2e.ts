import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Baresip } from './harness/baresip.js';
import { lastCall } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { LampWatcher } from './harness/lamp-watcher.js';
import { Phones } from './harness/phones.js';
import { newCallAt, pidOfProcess, processStates, replacedProcess } from './harness/process-states.js';
import { measureTone } from './harness/tones.js';
import { sleep, until } from './harness/wait.js';

let carillon: Carillon;
const phones = new Phones(() => carillon);
const watchers: LampWatcher[] = [];

/** Connects two phones. @returns the process that has their call */
async function connect(caller: Baresip, [number, callee]: readonly [string, Baresip]): Promise<number> {
  const before = await processStates(carillon);
  caller.dial(number);
  await caller.seen('CALL_ESTABLISHED');
  await callee.seen('CALL_ESTABLISHED');
  return newCallAt(carillon, before);
}

/** Kills the process, and waits for the one in its place. */
async function kill(number: number, signal: 'SIGKILL' | 'SIGSTOP' = 'SIGKILL'): Promise<void> {
  const pid = pidOfProcess(carillon, number);
  process.kill(pid, signal);
  await replacedProcess(carillon, number, pid);
}

/** Lamps that watch an extension: some in each process. */
async function watch(watched: string): Promise<void> {
  const { domain } = carillon.demo.sip;
  const of = { staff: carillon.staff('1005'), domain, port: carillon.sipPort, watched };
  for (let lamp = 0; lamp < 6; lamp++) watchers.push(await LampWatcher.start(of));
}

function lampsAre(state: 'lit' | 'dark'): Promise<unknown> {
  return until(`every lamp to be ${state}`, () =>
    Promise.resolve(
      watchers.every(({ states }) => (states?.includes('confirmed') === true) === (state === 'lit')) ? true : undefined,
    ),
  );
}

beforeAll(async () => {
  carillon = await Carillon.start({ CARILLON_SIGNALLING_PROCESSES: '2' });
});
afterEach(async () => {
  for (const watcher of watchers.splice(0)) watcher.stop();
  await phones.stopAll();
});
afterAll(() => carillon?.remove());

it.each([
  ['the caller', 'udp'],
  ['the called', 'tcp'],
] as const)('an answered call outlives its process, and %s hangs up (%s)', async (who, transport) => {
  const alice = await phones.start('1001', { tone: 440, transport });
  const bob = await phones.start('1002', { tone: 700 });
  await watch('1002');
  // However young it is: it was copied when it was answered.
  const number = await connect(alice, ['1002', bob]);
  await kill(number);
  expect((await processStates(carillon))[number]).toMatchObject({ calls: 1 });
  await sleep(2500);
  expect([alice.count('CALL_CLOSED'), bob.count('CALL_CLOSED')]).toEqual([0, 0]);
  await lampsAre('lit');

  // What a phone does in the dialog reaches the call: hold and resume, by re-INVITE.
  bob.hold();
  await sleep(1000);
  bob.resume();
  await sleep(1500);
  const [leaves, stays] = who === 'the caller' ? [alice, bob] : [bob, alice];
  leaves.hangUp();
  await stays.seen('CALL_CLOSED');
  await lampsAre('dark');
  expect((await processStates(carillon)).map(({ calls }) => calls)).toEqual([0, 0]);
  // Sound never stopped: Bob heard it from before the death to after it.
  expect(measureTone(bob.heard(), 440).seconds).toBeGreaterThan(4);
  const record = await until('the end to be written', async () => {
    const call = await lastCall(carillon, '1001');
    return call.durationSeconds > 0 ? call : undefined;
  });
  expect(record).toMatchObject({ outcome: 'answered', to: { number: '1002' } });
  expect(record.durationSeconds).toBeGreaterThanOrEqual(4);
  for (const watcher of watchers) expect(watcher.sequences).toEqual(watcher.sequences.toSorted((a, b) => a - b));
});

it.each([
  ['udp', 'udp'],
  ['tcp', 'udp'],
  ['udp', 'tcp'],
] as const)(
  'a call that rings when its process dies ends for both (%s, %s), and its lamps turn off',
  async (caller, callee) => {
    const alice = await phones.start('1001', { tone: 440, transport: caller });
    const bob = await phones.start('1002', { tone: 700, answer: 'manual', transport: callee });
    await watch('1002');
    const before = await processStates(carillon);
    alice.dial('1002');
    await bob.seen('CALL_INCOMING');
    const number = await newCallAt(carillon, before);
    await until('every lamp to blink', () =>
      Promise.resolve(watchers.every(({ states }) => states?.includes('early') === true) ? true : undefined),
    );
    await alice.seen('CALL_RINGING');
    // Who called gets a final answer, who is called a CANCEL: from the other process, before there is one in its place.
    const told = Promise.all([
      alice.seen('CALL_CLOSED', { timeoutMs: 3000 }),
      bob.seen('CALL_CLOSED', { timeoutMs: 3000 }),
    ]);
    const [[closed]] = await Promise.all([told, kill(number)]);
    expect(closed).toMatchObject({ param: expect.stringContaining('500') as string });
    await until('every lamp to be dark', () =>
      Promise.resolve(watchers.every(({ states }) => states?.includes('early') !== true) ? true : undefined),
    );
    const record = await until('the end to be written', async () => {
      const call = await lastCall(carillon, '1001');
      return call.outcome === 'failed' ? call : undefined;
    });
    expect(record).toMatchObject({ from: { number: '1001' }, to: { number: '1002' } });
    expect((await processStates(carillon)).map(({ calls }) => calls)).toEqual([0, 0]);
    // Both are free for the next one.
    alice.events.length = 0;
    bob.events.length = 0;
    alice.dial('1002');
    await bob.seen('CALL_INCOMING');
    bob.accept();
    await alice.seen('CALL_ESTABLISHED');
    alice.hangUp();
    await bob.seen('CALL_CLOSED');
  },
);

it('a process that hangs is replaced, and its calls go on', async () => {
  const alice = await phones.start('1001', { tone: 440 });
  const bob = await phones.start('1002', { tone: 700 });
  const number = await connect(alice, ['1002', bob]);
  await kill(number, 'SIGSTOP');
  await sleep(1000);
  bob.hangUp();
  await alice.seen('CALL_CLOSED');
  expect((await processStates(carillon)).map(({ calls }) => calls)).toEqual([0, 0]);
});
