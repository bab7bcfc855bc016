import type { Database } from '@carillon/database';
import { openTestDatabase, type TestDatabase } from '@carillon/database/testing';
import { CallId, newId, OrganisationId } from '@carillon/domain';
import { CodedError, silentLogger, SystemClock } from '@carillon/service-runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addOrganisation } from '../testing/organisation.js';
import { LadderWriter, type LadderRow } from './ladder-writer.js';

let opened: TestDatabase;
let organisationId: OrganisationId;

beforeAll(async () => {
  opened = await openTestDatabase();
  ({ organisationId } = await addOrganisation(opened.database, ['2001']));
});
afterAll(async () => opened.close());

function rowOf(text: string, refused: LadderRow['refused'] = null): LadderRow {
  return { callId: newId(CallId), organisationId, createdAt: Date.now(), refused, data: Buffer.from(text) };
}

const stored = ({ callId }: LadderRow) =>
  opened.database.forOrganisation(organisationId, (tx) => tx.callLadder.findUnique({ where: { callId } }));
const writerTo = (database = opened.database) => new LadderWriter(database, new SystemClock(), silentLogger());

it('writes many ladders in one statement, each with its own octets', async () => {
  const writer = writerTo();
  const refused = { status: 403, from: 'sip:"a",{b}@x', to: 'sip:\\c@x' };
  const ladders = Array.from({ length: 130 }, (_, index) =>
    rowOf(`${index} `.repeat(index), index % 3 === 0 ? refused : null),
  );
  for (const ladder of ladders) writer.write(ladder);
  await writer.close();
  expect(writer.written).toBe(130);
  for (const ladder of ladders) {
    const row = await stored(ladder);
    expect(row?.size).toBe(row?.data.length);
    expect(row && Buffer.from(row.data).equals(ladder.data)).toBe(true);
    expect([row?.refusedStatus, row?.refusedFrom, row?.refusedTo]).toEqual(
      ladder.refused === null ? [null, null, null] : [403, refused.from, refused.to],
    );
    expect(row?.createdAt.getTime()).toBe(ladder.createdAt);
  }
});

it('puts what comes later behind what is there, and gives up alone what the database refuses', async () => {
  const [first, second] = [rowOf('first'), rowOf('bad', { status: 404, from: 'sip:\u0000@x', to: 'sip:b@x' })];
  const before = writerTo();
  before.write(first);
  await before.close();
  const writer = writerTo();
  writer.write(second);
  writer.write({ ...first, data: Buffer.from(', later') });
  writer.write({ ...first, data: Buffer.from(', last') });
  expect(writer.pending(first.callId, organisationId).join('')).toBe(', later, last');
  expect(writer.pending(first.callId, newId(OrganisationId))).toEqual([]);
  await writer.close();
  expect([writer.written, writer.lost]).toEqual([1, 1]);
  const row = await stored(first);
  expect([row && Buffer.from(row.data).toString(), row?.size]).toEqual(['first, later, last', 18]);
  expect(await stored(second)).toBeNull();
});

it('keeps the order of what came while the database was away', async () => {
  const first = rowOf('a');
  let away = true;
  let asked: () => void = () => undefined;
  const refused = new Promise<void>((settle) => (asked = settle));
  const database = {
    writeForOrganisation: (...parameters: Parameters<Database['writeForOrganisation']>) => {
      if (!away) return opened.database.writeForOrganisation(...parameters);
      asked();
      return Promise.reject(new CodedError('DATABASE.UNAVAILABLE', 'Away'));
    },
  } as Database;
  const writer = writerTo(database);
  writer.write(first);
  await refused;
  writer.write({ ...first, data: Buffer.from('b') });
  expect(writer.pending(first.callId, organisationId).join('')).toBe('ab');
  away = false;
  await new Promise((settle) => setTimeout(settle, 50));
  writer.write({ ...first, data: Buffer.from('c') });
  await writer.close();
  const row = await stored(first);
  expect(row && Buffer.from(row.data).toString()).toBe('abc');
});
