import type { LiveCall } from '@carillon/contracts';
import { Database } from '@carillon/database';
import { openTestDatabase, type TestDatabase } from '@carillon/database/testing';
import { CallId, newId, type OrganisationId, type UserId } from '@carillon/domain';
import { silentLogger, SystemClock } from '@carillon/service-runtime';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addOrganisation } from '../testing/organisation.js';
import { CallRecords } from './call-records.js';

let opened: TestDatabase;
let organisationId: OrganisationId;
let userId: UserId;

beforeAll(async () => {
  opened = await openTestDatabase();
  const organisation = await addOrganisation(opened.database, ['2001']);
  organisationId = organisation.organisationId;
  for (const user of organisation.users.values()) ({ userId } = user);
});
afterAll(async () => opened.close());

const open = (database = opened.database): CallRecords => new CallRecords(database, new SystemClock(), silentLogger());

function callNow(changes: Partial<LiveCall> = {}): LiveCall {
  const startedAt = new Date().toISOString();
  return {
    callId: newId(CallId),
    organisationId,
    direction: 'internal',
    from: { number: '2001', name: 'User "2001"', userId },
    to: { number: '2002', name: null, userId: null, kind: 'user' },
    state: 'routing',
    ...{ startedAt, answeredAt: null, endedAt: null, revision: 1, legs: [] },
    ...{ outcome: null, endReason: null, sipStatus: null },
    ...changes,
  };
}

const find = (callId: CallId) =>
  opened.database.forOrganisation(organisationId, (tx) => tx.call.findUnique({ where: { id: callId } }));

/** As long as those of a call between two phones. */
const STATS = {
  codec: 'PCMU',
  packetsReceived: 500,
  packetsSent: 500,
  lost: 0,
  jitterMs: 1.25,
  mos: 4.4,
  roundTripMs: 12,
};
const legOf = (state: string, stats: object | null) => ({
  ...{ legId: newId(CallId), role: 'caller', number: '2001', userId, deviceId: newId(CallId), state, reason: null },
  ...{ sipStatus: null, stats, sessionId: newId(CallId), sipCallId: `${newId(CallId)}@192.0.2.1` },
});

/** Where the rows are. */
async function pagesOf(ids: readonly CallId[]): Promise<Map<string, number>> {
  const rows = await opened.database.forOrganisation(
    organisationId,
    (tx) => tx.$queryRaw<{ id: string; page: number }[]>`SELECT id, (ctid::text::point)[0]::int AS page FROM call`,
  );
  return new Map(rows.filter(({ id }) => ids.some((one) => one === id)).map(({ id, page }) => [id, page]));
}

describe('CallRecords', () => {
  it('have a call in the database when it is told to be recorded', async () => {
    const records = open();
    const calls = Array.from({ length: 30 }, () => callNow());
    for (const call of calls) records.save({ call, legs: () => [{ role: 'caller', stats: null }] });
    await Promise.all(calls.map(({ callId }) => records.recorded(callId)));
    for (const { callId, startedAt } of calls) {
      const row = await find(callId);
      expect(row).toMatchObject({ fromName: 'User "2001"', toName: null, involvedUserIds: [userId], revision: 1 });
      expect(row).toMatchObject({ legs: [{ role: 'caller', stats: null }], startedAt: new Date(startedAt) });
    }
  });

  it('write one call at once, and those that begin soon after it together', async () => {
    const statements = vi.spyOn(opened.database, 'writeForOrganisation');
    const records = open();
    const first = callNow();
    records.save({ call: first, legs: () => [] });
    await records.recorded(first.callId);
    expect(statements).toHaveBeenCalledOnce();
    const others = Array.from({ length: 8 }, () => callNow());
    for (const call of others) {
      records.save({ call, legs: () => [] });
      await new Promise((done) => setImmediate(done));
    }
    await Promise.all(others.map(({ callId }) => records.recorded(callId)));
    // One, or two where the machine was elsewhere meanwhile.
    expect(statements.mock.calls.length).toBeLessThanOrEqual(3);
    for (const { callId } of others) expect(await find(callId)).not.toBeNull();
    statements.mockRestore();
    await records.close();
  });

  it('write what follows, the end at once, and what waits before they close', async () => {
    const records = open();
    const call = callNow();
    records.save({ call, legs: () => [] });
    const answeredAt = new Date().toISOString();
    records.save({ call: { ...call, revision: 2, answeredAt }, legs: () => [] });
    await vi.waitFor(async () => expect(await find(call.callId)).toMatchObject({ answeredAt: new Date(answeredAt) }));
    const ended = { ...call, revision: 3, answeredAt, endedAt: answeredAt, outcome: 'answered' as const };
    records.save({ call: ended, legs: () => [] });
    await vi.waitFor(async () => expect(await find(call.callId)).toMatchObject({ outcome: 'answered' }));
    records.save({ call: ended, legs: () => [{ stats: { lost: 1 } }] });
    const other = callNow();
    records.save({ call: other, legs: () => [] });
    records.save({ call: { ...other, revision: 2, answeredAt }, legs: () => [] });
    await records.close();
    expect(await find(call.callId)).toMatchObject({ legs: [{ stats: { lost: 1 } }] });
    expect(await find(other.callId)).toMatchObject({ revision: 2 });
  });

  it('find room for the end of a call on the page of its start: no index is written again', async () => {
    const records = open();
    const calls = Array.from({ length: 60 }, () => callNow());
    const ids = calls.map(({ callId }) => callId);
    for (const call of calls) records.save({ call, legs: () => [legOf('routing', null)] });
    await Promise.all(ids.map((callId) => records.recorded(callId)));
    const before = await pagesOf(ids);
    const endedAt = new Date().toISOString();
    for (const call of calls)
      records.save({
        call: { ...call, revision: 2, endedAt, outcome: 'answered', endReason: 'Hung up' },
        legs: () => [legOf('ended', STATS), legOf('ended', STATS)],
      });
    await records.close();
    expect(await find(ids[0] ?? newId(CallId))).toMatchObject({ outcome: 'answered' });
    const after = await pagesOf(ids);
    expect(ids.filter((callId) => after.get(callId) !== before.get(callId)).length).toBeLessThan(ids.length / 10);
  });

  it('keep a call whose number or name holds what no database takes', async () => {
    const records = open();
    const call = callNow({ to: { number: '99\0', name: '📞'.slice(0, 1), userId: null, kind: 'unknown' } });
    records.save({ call, legs: () => [] });
    await records.close();
    expect(await find(call.callId)).toMatchObject({ toNumber: '99', toName: '\ufffd' });
  });

  it('lose the one that the database refuses, and no other', async () => {
    const records = open();
    const calls = [callNow(), callNow({ sipStatus: 2 ** 40 }), callNow()];
    for (const call of calls) records.save({ call, legs: () => [] });
    await Promise.all(calls.map(({ callId }) => records.recorded(callId)));
    const rows = await Promise.all(calls.map(({ callId }) => find(callId)));
    expect(rows.map((row) => row !== null)).toEqual([true, false, true]);
  });

  it('do not hold up calls while the database is away', async () => {
    const database = new Database({ url: 'postgresql://nobody@127.0.0.1:17009/none', logger: silentLogger() });
    const records = open(database);
    const call = callNow();
    records.save({ call, legs: () => [] });
    await records.recorded(call.callId);
    await records.close();
    await database.close();
  });
});
