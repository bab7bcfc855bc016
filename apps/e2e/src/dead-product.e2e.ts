import { afterEach, expect, it } from 'vitest';
import type { Baresip } from './harness/baresip.js';
import { portalOf, type CallRecord } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { connectDatabase } from './harness/connect-database.js';
import { LampWatcher } from './harness/lamp-watcher.js';
import { Phones } from './harness/phones.js';
import { until } from './harness/wait.js';

let carillon: Carillon;
const phones = new Phones(() => carillon);
const watchers: LampWatcher[] = [];

async function watch(watched: string, event: 'dialog' | 'presence'): Promise<LampWatcher> {
  const { domain } = carillon.demo.sip;
  const of = { staff: carillon.staff('1005'), domain, port: carillon.sipPort, watched, event };
  const watcher = await LampWatcher.start(of);
  watchers.push(watcher);
  return watcher;
}

async function connect(caller: Baresip, callee: Baresip, number: string): Promise<void> {
  caller.dial(number);
  await caller.seen('CALL_ESTABLISHED');
  await callee.seen('CALL_ESTABLISHED');
}

async function history(
  extension: string,
): Promise<(CallRecord & { endReason: string | null; endedAt: string | null })[]> {
  const portal = await portalOf(carillon, extension);
  return (
    await portal.do<{ calls: (CallRecord & { endReason: string | null; endedAt: string | null })[] }>(
      'GET',
      '/api/calls?limit=5',
    )
  ).calls;
}

/** Waits until a call of a number that goes on is in the database. */
async function written(number: string, as: string): Promise<void> {
  const database = await connectDatabase(carillon);
  try {
    await until(`the call of ${number} to be written`, async () => {
      const sql = `SELECT 1 FROM call WHERE from_number = $1 AND ended_at IS NULL AND ${as}`;
      return (await database.query(sql, [number])).rowCount === 1;
    });
  } finally {
    await database.end();
  }
}

afterEach(async () => {
  for (const watcher of watchers.splice(0)) watcher.stop();
  await phones.stopAll();
  await carillon?.remove();
});

it.each(['1', '2'])(
  'killed as a whole (%s processes of signalling) and started again: calls are closed, lamps dark, phones reached',
  async (processes) => {
    carillon = await Carillon.start({ CARILLON_SIGNALLING_PROCESSES: processes });
    const alice = await phones.start('1001', { tone: 440 });
    const bob = await phones.start('1002', { tone: 700 });
    const carol = await phones.start('1003', { tone: 500 });
    const dave = await phones.start('1004', { tone: 600, answer: 'manual' });
    await connect(alice, bob, '1002');
    carol.dial('1004');
    await dave.seen('CALL_INCOMING');
    const lit = await watch('1002', 'dialog');
    await until('the lamp to be lit', () => lit.states?.includes('confirmed') === true);
    await written('1001', 'answered_at IS NOT NULL');
    await written('1003', 'answered_at IS NULL');

    await carillon.end('SIGKILL');
    await carillon.run();

    const [talked] = await history('1001');
    expect(talked).toMatchObject({ outcome: 'answered', endReason: 'Interrupted', to: { number: '1002' } });
    expect(talked?.endedAt).not.toBeNull();
    const [rang] = await history('1003');
    expect(rang).toMatchObject({ outcome: 'failed', endReason: 'Interrupted', to: { number: '1004' } });
    for (const number of ['1002', '1004']) {
      const lamp = await watch(number, 'dialog');
      expect(lamp.states?.filter((state) => state !== 'terminated')).toEqual([]);
      expect((await watch(number, 'presence')).document).not.toContain('on-the-phone');
    }
    // Nobody knows of their dialogs any more: a BYE gets 481, and a CANCEL too; then they are free.
    for (const phone of [alice, carol]) phone.hangUp();
    await alice.seen('CALL_CLOSED');
    await carol.seen('CALL_CLOSED');
    for (const phone of [bob, dave]) phone.hangUp();
    await bob.seen('CALL_CLOSED');
    await dave.seen('CALL_CLOSED');
    for (const phone of [alice, bob]) phone.events.length = 0;
    // Registrations were kept.
    await connect(alice, bob, '1002');
    alice.hangUp();
    await bob.seen('CALL_CLOSED');
  },
);
