import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { adminOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { LampWatcher } from './harness/lamp-watcher.js';
import { freePorts } from './harness/ports.js';
import { Phones } from './harness/phones.js';
import type { Portal } from './harness/portal.js';
import { newCallAt, pidOfProcess, processStates, replacedProcess } from './harness/process-states.js';
import { StreamPhone, type StreamTransport } from './harness/stream-phone.js';
import { until } from './harness/wait.js';

/** Calls that are tried until each of three processes has had one: not all have with a chance of 1 in 60,000. */
const MOST_CALLS = 30;

let carillon: Carillon;
let wssPort: number;
const phones = new Phones(() => carillon);
const streamPhones: StreamPhone[] = [];
const watchers: LampWatcher[] = [];

async function plugIn(extension: string, transport: StreamTransport): Promise<StreamPhone> {
  const phone = await StreamPhone.plugIn(carillon, extension, transport, wssPort);
  streamPhones.push(phone);
  return phone;
}

/** Who is registered, as some process or other knows it. */
async function registered(admin: Portal, extension: string): Promise<boolean> {
  const all = await admin.do<{ sipUsername: string }[]>('GET', '/api/admin/registrations');
  return all.some(({ sipUsername }) => sipUsername === carillon.staff(extension).sipUser);
}

beforeAll(async () => {
  wssPort = await freePorts();
  carillon = await Carillon.start({ CARILLON_SIGNALLING_PROCESSES: '3', CARILLON_SIP_WSS_PORT: String(wssPort) });
});
afterEach(async () => {
  for (const phone of streamPhones.splice(0)) phone.unplug();
  for (const watcher of watchers.splice(0)) watcher.stop();
  await phones.stopAll();
});
afterAll(() => carillon?.remove());

it.each(['tcp', 'tls', 'ws', 'wss'] as const)(
  'a phone behind one connection (%s) calls and is called, whichever of three processes has the call',
  async (transport) => {
    const alice = await plugIn('1001', transport);
    const bob = await phones.start('1002', { tone: 700 });
    const used = new Set<number>();
    for (let call = 0; call < MOST_CALLS && (used.size < 3 || call < 4); call++) {
      const before = await processStates(carillon);
      bob.events.length = 0;
      if (call % 2 === 0) bob.dial('1001');
      else await alice.call('1002');
      await bob.seen('CALL_ESTABLISHED');
      used.add(await newCallAt(carillon, before));
      // Either hangs up, in its turn.
      const byes = alice.seen.filter((one) => one === 'BYE').length;
      if (call % 4 < 2) {
        alice.hangUp();
        await bob.seen('CALL_CLOSED');
      } else {
        bob.hangUp();
        await alice.saw('BYE', byes + 1);
      }
    }
    expect(used).toEqual(new Set([0, 1, 2]));

    // Its connection ends: every process knows that it cannot be reached.
    const admin = await adminOf(carillon);
    expect(await registered(admin, '1001')).toBe(true);
    alice.unplug();
    await until('the binding to be gone', async () => {
      const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(() => registered(admin, '1001')));
      return !answers.some(Boolean);
    });
  },
);

it('a killed process closes its connections; phones that connect again are called at once', async () => {
  const bob = await phones.start('1002', { tone: 700 });
  const all = await Promise.all(Array.from({ length: 6 }, () => plugIn('1001', 'tcp')));
  const pid = pidOfProcess(carillon, 1);
  process.kill(pid, 'SIGKILL');
  await replacedProcess(carillon, 1, pid);
  // Those whose connection it had know it, and nobody else.
  const lost = all.filter(({ closed }) => closed);
  expect(lost.length).toBeLessThan(6);
  for (const phone of all) phone.unplug();
  const alice = await plugIn('1001', 'tcp');
  await until('the others to be known broken', async () => {
    bob.events.length = 0;
    bob.dial('1001');
    await bob.seen('CALL_ESTABLISHED');
    return true;
  });
  alice.hangUp();
  await bob.seen('CALL_CLOSED');
});

it('tells subscribers in every process of registrations, presence and calls', async () => {
  const { domain } = carillon.demo.sip;
  const of = { staff: carillon.staff('1002'), domain, port: carillon.sipPort, watched: '1002' };
  const watch = async (event: 'reg' | 'presence' | 'dialog'): Promise<LampWatcher[]> => {
    const own = await Promise.all([1, 2, 3, 4, 5, 6].map(() => LampWatcher.start({ ...of, event })));
    watchers.push(...own);
    return own;
  };
  const [registrations, presences, dialogs] = [await watch('reg'), await watch('presence'), await watch('dialog')];
  const told = (what: string, some: readonly LampWatcher[], body: RegExp): Promise<unknown> =>
    until(`every subscriber to hear of ${what}`, () =>
      Promise.resolve(some.every(({ document }) => body.test(document)) ? true : undefined),
    );
  const bob = await phones.start('1002', { tone: 700 });
  await told('a registration', registrations, /state="active"/);
  const alice = await plugIn('1001', 'ws');
  bob.dial('1001');
  await bob.seen('CALL_ESTABLISHED');
  await told('a call', dialogs, /confirmed/);
  await told('presence in a call', presences, /on-the-phone/);
  bob.hangUp();
  await alice.saw('BYE');
  await told('the end of the call', dialogs, /^(?![^]*confirmed)/);
});
