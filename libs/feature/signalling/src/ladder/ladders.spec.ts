import { Party } from '@carillon/contracts';
import type { Database } from '@carillon/database';
import { CallId, LegId, newId, OrganisationId } from '@carillon/domain';
import { ManualClock, silentLogger } from '@carillon/service-runtime';
import type { Ladder } from '@carillon/contracts';
import type { Flow, TappedMessage } from '@carillon/sip-stack';
import { describe, expect, it } from 'vitest';
import { HepExport } from './hep/hep-export.js';
import { readLadderDocument } from './ladder-document.js';
import { LADDER_BUDGET, LADDER_TIMES } from './ladder-limits.js';
import { readLadder } from './ladder-reader.js';
import type { LadderRow } from './ladder-writer.js';
import { Ladders } from './ladders.js';

const ORGANISATION = newId(OrganisationId);
const flow = {
  protocol: 'udp',
  localAddress: '0.0.0.0',
  localPort: 5060,
  remoteAddress: '192.0.2.1',
  remotePort: 5070,
};
const party = Party.parse({ number: '1001', name: 'Alice', userId: null });

function message(start: string, callId: string, direction: 'in' | 'out' = 'out'): TappedMessage {
  const bytes = Buffer.from(
    `${start}\r\nFrom: <sip:a@known>\r\nTo: <sip:b@known>\r\nCall-ID: ${callId}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`,
  );
  return {
    direction,
    flow: flow as unknown as Flow,
    bytes,
    message: () => ({ callId }) as ReturnType<TappedMessage['message']>,
  };
}

function bench({ keeps = true } = {}) {
  const clock = new ManualClock(1_700_000_000_000);
  const rows: LadderRow[] = [];
  const parts = { clock, logger: silentLogger(), advertised: '192.0.2.9' };
  const hep = new HepExport({
    ...parts,
    now: () => clock.now(),
    defaultDomain: 'known',
    sent: () => undefined,
    dropped: () => undefined,
  });
  const ladders = new Ladders({
    ...{ ...parts, hep, keeps: () => keeps, exports: () => false },
    writer: { write: (row: LadderRow) => void rows.push(row), close: () => Promise.resolve() },
    organisationOf: (host) => Promise.resolve(host === 'known' ? ORGANISATION : undefined),
  });
  const call = { callId: newId(CallId), organisationId: ORGANISATION, startedAt: clock.now() };
  const join = (which = call, sipCallId = 'one'): void =>
    ladders.join(which, { legId: newId(LegId), role: 'caller', party }, { sipCallId, device: 'Desk phone' });
  /** Of each writing, what it says by itself. */
  const written = (): Promise<Ladder[]> =>
    Promise.all(rows.map(async ({ callId, data }) => (await readLadderDocument(callId, data))!));
  const read = (organisationId = ORGANISATION, callId = call.callId): Promise<Ladder | undefined> =>
    readLadder({ database: databaseOf(rows), ladders, writer: { pending: () => [] } }, organisationId, callId);
  return { clock, ladders, rows, written, read, call, join };
}
/** Rows of which each has what was written of it, one behind the other. */
function databaseOf(rows: readonly LadderRow[]): Database {
  const tx = {
    callLadder: {
      findMany: ({ where }: { where: { callId: { in: CallId[] } } }) =>
        where.callId.in.flatMap((callId) => {
          const own = rows.filter((row) => row.callId === callId);
          return own.length === 0 ? [] : [{ callId, data: Buffer.concat(own.map(({ data }) => data)) }];
        }),
    },
  };
  const forOrganisation = (_organisationId: string, work: (scope: typeof tx) => unknown): unknown => work(tx);
  return { forOrganisation } as unknown as Database;
}
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((settle) => setImmediate(settle));
};

describe('a ladder', () => {
  it('is written within a second of the end, and what comes later behind it', async () => {
    const { clock, ladders, rows, written, read, call, join } = bench();
    ladders.tap(message('INVITE sip:b@known SIP/2.0', 'one', 'in'));
    join();
    clock.advance(1_500);
    ladders.ended({ callId: call.callId, outcome: 'answered' });
    ladders.tap(message('BYE sip:b@known SIP/2.0', 'one'));
    clock.advance(LADDER_TIMES.settleMs + LADDER_TIMES.tickMs);
    expect((await written()).map(({ entries, live }) => [entries.length, live])).toEqual([[2, false]]);
    expect(ladders.figures.octets).toBe(0);
    ladders.tap(message('BYE sip:b@known SIP/2.0', 'one'));
    ladders.tap(message('SIP/2.0 200 OK', 'one', 'in'));
    clock.advance(LADDER_TIMES.settleMs + LADDER_TIMES.tickMs);
    expect(rows).toHaveLength(2);
    clock.advance(LADDER_TIMES.lingerMs);
    expect(ladders.figures).toMatchObject({ ladders: 0, octets: 0, calls: 0 });
    const whole = await read();
    expect(whole).toMatchObject({ live: false, notKept: 0, participants: [{ label: 'Alice' }, { id: 'carillon' }] });
    expect(whole?.entries).toMatchObject([
      { method: 'INVITE', repeats: 0, local: { address: '192.0.2.9' } },
      { method: 'BYE', repeats: 1 },
      { status: 200, repeats: 0 },
    ]);
  });

  it('is written at the latest a second after the end, though messages go on coming', () => {
    const { clock, ladders, rows, call, join } = bench();
    join();
    ladders.ended({ callId: call.callId, outcome: 'failed' });
    for (let time = 0; time < 6; time += 1) {
      ladders.tap(message(`OPTIONS sip:${time}@known SIP/2.0`, 'one', 'in'));
      clock.advance(LADDER_TIMES.settleMs / 2);
    }
    expect(rows).toHaveLength(1);
  });

  it('of a call that goes on is written soon after the answer, and read from there and from memory', async () => {
    const { clock, ladders, rows, read, join } = bench();
    ladders.tap(message('INVITE sip:b@known SIP/2.0', 'one', 'in'));
    join();
    clock.advance(LADDER_TIMES.quietMs + LADDER_TIMES.tickMs);
    expect(rows).toHaveLength(0);
    ladders.tap(message('SIP/2.0 200 OK', 'one'));
    clock.advance(LADDER_TIMES.quietMs + LADDER_TIMES.tickMs);
    expect(rows).toHaveLength(1);
    expect(ladders.figures).toMatchObject({ ladders: 1, octets: 0 });
    ladders.tap(message('UPDATE sip:b@known SIP/2.0', 'one', 'in'));
    expect(await read()).toMatchObject({
      live: true,
      entries: [{ method: 'INVITE' }, { status: 200 }, { method: 'UPDATE' }],
    });
    clock.advance(60_000);
    expect(rows).toHaveLength(2);
    expect((await read())?.entries).toHaveLength(3);
  });

  it('of a call that rings is written when it is two seconds old, so that a process that dies takes little', async () => {
    const { clock, ladders, rows, written, join } = bench();
    ladders.tap(message('INVITE sip:b@known SIP/2.0', 'one', 'in'));
    join();
    ladders.tap(message('SIP/2.0 180 Ringing', 'one'));
    clock.advance(LADDER_TIMES.ringingMs - 1);
    expect(rows).toHaveLength(0);
    clock.advance(LADDER_TIMES.tickMs + 1);
    expect((await written()).map(({ entries, live }) => [entries.length, live])).toEqual([[2, true]]);
    clock.advance(60_000);
    expect(rows).toHaveLength(1);
  });

  it('of a call that rings for long is written from time to time, where there is something new', async () => {
    const { clock, ladders, rows, written, join } = bench();
    join();
    clock.advance(LADDER_TIMES.firstWriteMs + 1000);
    expect(rows).toHaveLength(1);
    clock.advance(200_000);
    expect(rows).toHaveLength(1);
    ladders.tap(message('INFO sip:b@known SIP/2.0', 'one'));
    clock.advance(LADDER_TIMES.firstWriteMs + 1000);
    expect((await written()).map(({ live }) => live)).toEqual([true, true]);
  });

  it('that was written although it was not known whether it had been, has nothing twice', async () => {
    const { clock, ladders, rows, read, call, join } = bench();
    ladders.tap(message('INVITE sip:b@known SIP/2.0', 'one', 'in'));
    join();
    ladders.ended({ callId: call.callId, outcome: 'answered' });
    clock.advance(1_000);
    rows.push(...rows);
    expect((await read())?.entries).toHaveLength(1);
    // Of a chunk that is missing, it is told how much it had.
    ladders.tap(message('BYE sip:b@known SIP/2.0', 'one', 'in'));
    clock.advance(1_000);
    rows.splice(0, 2);
    expect(await read()).toMatchObject({ notKept: 1, entries: [{ method: 'BYE' }] });
  });

  it('is read by its organisation only, and by nobody where none are kept', async () => {
    const { ladders, read, join } = bench();
    join();
    expect(await read()).toBeDefined();
    expect(await read(newId(OrganisationId))).toBeUndefined();
    const off = bench({ keeps: false });
    off.ladders.tap(message('INVITE sip:b@known SIP/2.0', 'one', 'in'));
    off.join();
    off.ladders.note(off.call, { category: 'decision', code: 'a', text: 'A' });
    expect(await off.read()).toBeUndefined();
    off.clock.advance(LADDER_TIMES.firstWriteMs + 1000);
    await settled();
    expect([off.ladders.figures.octets, off.rows.length]).toEqual([0, 0]);
    expect(ladders.figures.octets).toBe(0);
  });

  it('of an INVITE that was refused is kept where it names a domain of ours', async () => {
    const { clock, ladders, written } = bench();
    for (const [callId, domain] of [
      ['a', 'known'],
      ['b', 'unknown'],
    ] as const) {
      const invite = message(`INVITE sip:x@${domain} SIP/2.0`, callId, 'in');
      const bytes = Buffer.from(
        Buffer.from(invite.bytes).toString().replaceAll('known', domain).replaceAll('ununknown', domain),
      );
      ladders.tap({ ...invite, bytes });
      ladders.tap(message('SIP/2.0 403 Forbidden', callId));
    }
    clock.advance(11_000);
    await settled();
    expect((await written()).map(({ refused, live, entries }) => [refused, live, entries.length])).toEqual([
      [{ status: 403, from: 'sip:a@known', to: 'sip:x@known' }, false, 2],
    ]);
    expect(ladders.figures).toMatchObject({ octets: 0, unclaimed: 0 });
  });

  it('of a usual call is given up before others where there is too much to do', async () => {
    const { clock, ladders, read, join } = bench();
    const calls = Array.from({ length: LADDER_BUDGET.waiting + 50 }, () => ({
      ...{ callId: newId(CallId), organisationId: ORGANISATION, startedAt: clock.now() },
    }));
    for (const [index, call] of calls.entries()) {
      join(call, `call-${index}`);
      ladders.note(call, { category: 'decision', code: 'a', text: 'A' });
      ladders.ended({ callId: call.callId, outcome: index % 2 === 0 ? 'answered' : 'failed' });
    }
    clock.advance(LADDER_TIMES.settleMs);
    expect(ladders.figures.givenUp).toBe(50);
    const others = calls.filter((_call, index) => index % 2 === 1);
    for (const { callId } of others) expect((await read(ORGANISATION, callId))?.entries).toHaveLength(1);
  });

  it('of a call that is only passed on tells the two sides apart by their addresses', async () => {
    const { clock, ladders, read, call } = bench();
    const there = { ...flow, remoteAddress: '192.0.2.7', remotePort: 5060 } as unknown as Flow;
    ladders.tap(message('INVITE sip:b@known SIP/2.0', 'one', 'in'));
    const device = { sipCallId: 'one', device: 'Desk phone', passedOn: true };
    ladders.join(call, { legId: newId(LegId), role: 'caller', party }, device);
    ladders.tap({ ...message('INVITE sip:b@192.0.2.7 SIP/2.0', 'one'), flow: there });
    clock.advance(LADDER_TIMES.firstWriteMs + 1000);
    // It is still known whose address is whose when the first message is gone from memory.
    ladders.tap(message('BYE sip:b@192.0.2.7 SIP/2.0', 'one', 'in'));
    ladders.tap({ ...message('BYE sip:b@192.0.2.7 SIP/2.0', 'one'), flow: there });
    const { participants = [], entries = [] } = (await read()) ?? {};
    expect(participants.map(({ label }) => label)).toEqual(['Alice', 'Carillon', '192.0.2.7:5060']);
    const alice = participants[0]?.id;
    expect(entries.map(({ participant }) => participant)).toEqual([alice, '192.0.2.7:5060', alice, '192.0.2.7:5060']);
  });

  it('of a call that goes on in another process is one, from wherever it is read', async () => {
    const [first, second] = [bench(), bench()];
    const { call } = first;
    first.ladders.tap(message('INVITE sip:b@known SIP/2.0', 'one', 'in'));
    first.join();
    first.ladders.ended({ callId: call.callId, outcome: 'answered' });
    first.clock.advance(1_000);
    second.clock.advance(3_000);
    second.ladders.begunElsewhere(call.callId, 1);
    second.join(call);
    second.ladders.tap(message('BYE sip:b@known SIP/2.0', 'one', 'in'));
    const readBy = ({ ladders }: ReturnType<typeof bench>) => {
      const database = databaseOf([...first.rows, ...second.rows]);
      return readLadder({ database, ladders, writer: { pending: () => [] } }, ORGANISATION, call.callId);
    };
    const whole = { callId: call.callId, entries: [{ method: 'INVITE' }, { method: 'BYE' }], notKept: 0 };
    expect(await readBy(second)).toMatchObject({ ...whole, live: true });
    second.ladders.ended({ callId: call.callId, outcome: 'answered' });
    second.clock.advance(1_000);
    for (const one of [first, second, bench()]) expect(await readBy(one)).toMatchObject({ ...whole, live: false });
  });

  it('is written at the end of the service, whatever was going on', async () => {
    const { ladders, rows, join } = bench();
    join();
    await ladders.close();
    expect(rows).toHaveLength(1);
    expect(ladders.figures).toMatchObject({ ladders: 0, octets: 0 });
  });
});
