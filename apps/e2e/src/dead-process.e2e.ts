import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Baresip } from './harness/baresip.js';
import { adminOf, callOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { LampWatcher } from './harness/lamp-watcher.js';
import { Phones } from './harness/phones.js';
import { callsSettle, newCallAt, pidOfProcess, processStates, replacedProcess } from './harness/process-states.js';
import { StreamPhone } from './harness/stream-phone.js';
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
  await watchAs('1005', watched, 'dialog');
}

async function watchAs(
  extension: string,
  watched: string,
  event: 'dialog' | 'presence' | 'reg' | 'message-summary',
): Promise<LampWatcher[]> {
  const { domain } = carillon.demo.sip;
  const of = { staff: carillon.staff(extension), domain, port: carillon.sipPort, watched, event };
  const own: LampWatcher[] = [];
  for (let lamp = 0; lamp < 6; lamp++) own.push(await LampWatcher.start(of));
  watchers.push(...own);
  return own;
}

function eachSees(what: string, some: readonly LampWatcher[], body: RegExp): Promise<unknown> {
  return until(`every subscriber to see ${what}`, () =>
    Promise.resolve(some.every(({ document }) => body.test(document)) ? true : undefined),
  );
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
  const began = Date.now();
  // However young it is: it was copied when it was answered.
  const number = await connect(alice, ['1002', bob]);
  await kill(number);
  await callsSettle(carillon, number === 0 ? [1, 0] : [0, 1]);
  // Sound never stopped: he heard it from before the death to after it.
  await until('Bob to have heard enough', () => measureTone(bob.heard(), 440).seconds > 4);
  await bob.hears(440);
  expect([alice.count('CALL_CLOSED'), bob.count('CALL_CLOSED')]).toEqual([0, 0]);
  await lampsAre('lit');

  // What a phone does in the dialog reaches the call: hold and resume, by re-INVITE.
  bob.hold();
  await bob.soundFlows(false);
  bob.resume();
  await bob.soundFlows();
  const [leaves, stays] = who === 'the caller' ? [alice, bob] : [bob, alice];
  leaves.hangUp();
  await stays.seen('CALL_CLOSED');
  await lampsAre('dark');
  await callsSettle(carillon, [0, 0]);
  const record = await callOf(carillon, '1001', ({ startedAt }) => Date.parse(startedAt) >= began);
  expect(record).toMatchObject({ outcome: 'answered', to: { number: '1002' } });
  expect(record.durationSeconds).toBeGreaterThanOrEqual(4);
  for (const watcher of watchers) expect(watcher.sequences).toEqual(watcher.sequences.toSorted((a, b) => a - b));
});

it('a phone whose only way was a connection to a dead process hears by its next one that the call is over', async () => {
  const alice = await phones.start('1001', { tone: 440 });
  // It names its own end of the connection as Contact: nobody listens there.
  const bob = await phones.start('1002', { tone: 700, transport: 'tcp', keepsFlow: true });
  const number = await connect(alice, ['1002', bob]);
  const registered = bob.count('REGISTER_OK');
  // Whichever process had the connection.
  await kill(0);
  await kill(1);
  await callsSettle(carillon, number === 0 ? [1, 0] : [0, 1]);
  // RFC 5626 §4.5: it waits for half a minute to a minute before it tries again.
  await bob.seen('REGISTER_OK', { count: registered + 1, timeoutMs: 75_000 });
  expect(bob.count('CALL_CLOSED')).toBe(0);
  alice.hangUp();
  await bob.seen('CALL_CLOSED');
  await callsSettle(carillon, [0, 0]);
}, 150_000);

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
    const began = Date.now();
    alice.dial('1002');
    await bob.seen('CALL_INCOMING');
    const number = await newCallAt(carillon, before);
    await until('every lamp to blink', () =>
      Promise.resolve(watchers.every(({ states }) => states?.includes('early') === true) ? true : undefined),
    );
    await alice.seen('CALL_RINGING');
    // Who called gets a final answer, who is called a CANCEL: from the other process, before there is one in its place.
    const pid = pidOfProcess(carillon, number);
    const told = Promise.all([alice.seen('CALL_CLOSED'), bob.seen('CALL_CLOSED')]).then(([closed]) => {
      return { closed, listens: pidOfProcess(carillon, number) };
    });
    const [{ closed, listens }] = await Promise.all([told, kill(number)]);
    expect(closed).toMatchObject({ param: expect.stringContaining('500') as string });
    expect(listens, 'the dead one was the last to listen').toBe(pid);
    await until('every lamp to be dark', () =>
      Promise.resolve(watchers.every(({ states }) => states?.includes('early') !== true) ? true : undefined),
    );
    const record = await callOf(carillon, '1001', ({ startedAt }) => Date.parse(startedAt) >= began);
    expect(record).toMatchObject({ from: { number: '1001' }, to: { number: '1002' }, outcome: 'failed' });
    await callsSettle(carillon, [0, 0]);
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

it('a call that rings and is only passed on ends for both as well', async () => {
  const admin = await adminOf(carillon);
  await admin.do('PUT', '/api/admin/sip', { sipRole: 'proxy' });
  try {
    const alice = await phones.start('1001', { tone: 440 });
    const bob = await phones.start('1002', { tone: 700, answer: 'manual' });
    const before = await processStates(carillon);
    alice.dial('1002');
    await bob.seen('CALL_INCOMING');
    await alice.seen('CALL_RINGING');
    const number = await newCallAt(carillon, before);
    // What is no call in the B2BUA's sense is copied every 50 ms.
    await sleep(500);
    const killed = kill(number);
    const [closed] = await Promise.all([
      alice.seen('CALL_CLOSED', { timeoutMs: 3_000 }),
      bob.seen('CALL_CLOSED', { timeoutMs: 3_000 }),
    ]);
    expect(closed).toMatchObject({ param: expect.stringContaining('500') as string });
    await killed;
    await callsSettle(carillon, [0, 0]);
  } finally {
    await admin.do('PUT', '/api/admin/sip', { sipRole: 'b2bua' });
  }
});

it('an answered call that is only passed on is recorded until its phones hang up', async () => {
  const admin = await adminOf(carillon);
  await admin.do('PUT', '/api/admin/sip', { sipRole: 'proxy' });
  try {
    const alice = await phones.start('1001', { tone: 440 });
    const bob = await phones.start('1002', { tone: 700 });
    await watch('1002');
    const began = Date.now();
    const number = await connect(alice, ['1002', bob]);
    await kill(number);
    await callsSettle(carillon, number === 0 ? [1, 0] : [0, 1]);
    await lampsAre('lit');
    const talkedUntil = Date.now();
    bob.hangUp();
    await alice.seen('CALL_CLOSED');
    await callsSettle(carillon, [0, 0]);
    await lampsAre('dark');
    const record = await callOf(carillon, '1001', ({ startedAt }) => Date.parse(startedAt) >= began);
    expect(record).toMatchObject({ outcome: 'answered', to: { number: '1002' } });
    // It did not end with its process.
    const talkedMs = talkedUntil - Date.parse(record.answeredAt ?? '');
    expect(record.durationSeconds).toBeGreaterThanOrEqual(Math.floor(talkedMs / 1000));
  } finally {
    await admin.do('PUT', '/api/admin/sip', { sipRole: 'b2bua' });
  }
});

it('presence, registrations and messages are watched on, and what a phone has published stays', async () => {
  const presences = await watchAs('1002', '1002', 'presence');
  const registrations = await watchAs('1002', '1002', 'reg');
  const messages = await watchAs('1002', '1002', 'message-summary');
  const phone = await StreamPhone.plugIn(carillon, '1002', 'tcp');
  const document = (note: string): string =>
    `<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:1002@${carillon.demo.sip.domain}">` +
    `<tuple id="a"><status><basic>open</basic></status></tuple><note>${note}</note></presence>`;
  const { entityTag } = await phone.publish(document('At lunch'));
  await eachSees('the note', presences, /At lunch/);
  await eachSees('the registration', registrations, /state="active"/);
  const before = watchers.map(({ sequences }) => sequences.length);
  // However young all this is.
  await kill(0);
  await kill(1);
  // Each was told anew by the process in the place of its own.
  await until('every subscriber to be told', () =>
    Promise.resolve(watchers.every(({ sequences }, at) => sequences.length > (before[at] ?? 0)) ? true : undefined),
  );
  for (const watcher of watchers) expect(watcher.sequences).toEqual(watcher.sequences.toSorted((a, b) => a - b));
  await eachSees('the note', presences, /At lunch/);
  await eachSees('messages', messages, /Messages-Waiting: no/);
  // Its connection went with a process; it connects again, and goes on with what it had published.
  phone.unplug();
  const again = await StreamPhone.plugIn(carillon, '1002', 'tcp');
  again.goOnPublishing(phone);
  await eachSees('one registration', registrations, /event="registered"|event="created"/);
  const changed = await again.publish(document('Back at two'), entityTag);
  expect(changed.status).toBe(200);
  await eachSees('the new note', presences, /Back at two/);
  again.unplug();
});

it('a process that hangs is replaced, and its calls go on', async () => {
  const alice = await phones.start('1001', { tone: 440 });
  const bob = await phones.start('1002', { tone: 700 });
  const number = await connect(alice, ['1002', bob]);
  await kill(number, 'SIGSTOP');
  await sleep(1000);
  bob.hangUp();
  await alice.seen('CALL_CLOSED');
  await callsSettle(carillon, [0, 0]);
});
