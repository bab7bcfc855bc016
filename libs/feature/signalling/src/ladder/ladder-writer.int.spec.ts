import { openTestDatabase, type TestDatabase } from '@carillon/database/testing';
import { CallId, newId, type OrganisationId } from '@carillon/domain';
import { silentLogger, SystemClock } from '@carillon/service-runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addOrganisation } from '../testing/organisation.js';
import { decodeLadder } from './ladder-document.js';
import type { LadderDraft } from './ladder-draft.js';
import { LadderWriter } from './ladder-writer.js';

let opened: TestDatabase;
let organisationId: OrganisationId;

beforeAll(async () => {
  opened = await openTestDatabase();
  ({ organisationId } = await addOrganisation(opened.database, ['2001']));
});
afterAll(async () => opened.close());

function ladderOf(text: string, refused: LadderDraft['refused'] = null): LadderDraft {
  return {
    ...{ callId: newId(CallId), startedAt: Date.now(), live: false, participants: [], notKept: 0, refused },
    entries: [{ kind: 'note', at: 1, participant: null, category: 'decision', code: 'x', text }],
  };
}

const rowOf = ({ callId }: LadderDraft) =>
  opened.database.forOrganisation(organisationId, (tx) => tx.callLadder.findUnique({ where: { callId } }));

it('writes many ladders in one statement, each with its own octets', async () => {
  const writer = new LadderWriter(opened.database, new SystemClock(), silentLogger());
  const refused = { status: 403, from: 'sip:"a",{b}@x', to: 'sip:\\c@x' };
  const ladders = Array.from({ length: 130 }, (_, index) =>
    ladderOf(`${index} `.repeat(index), index % 3 === 0 ? refused : null),
  );
  for (const ladder of ladders) writer.write(ladder, organisationId);
  await writer.close();
  expect(writer.written).toBe(130);
  for (const ladder of ladders) {
    const row = await rowOf(ladder);
    expect(row?.size).toBe(row?.data.length);
    expect(row && (await decodeLadder(row.data))).toEqual(ladder);
    expect([row?.refusedStatus, row?.refusedFrom, row?.refusedTo]).toEqual(
      ladder.refused === null ? [null, null, null] : [403, refused.from, refused.to],
    );
    expect(row?.createdAt.getTime()).toBe(ladder.startedAt);
  }
});

it('writes a later state over the one before, and gives up alone what the database refuses', async () => {
  const [first, second] = [ladderOf('first'), ladderOf('bad', { status: 404, from: 'sip:\u0000@x', to: 'sip:b@x' })];
  const before = new LadderWriter(opened.database, new SystemClock(), silentLogger());
  before.write(first, organisationId);
  await before.close();
  const writer = new LadderWriter(opened.database, new SystemClock(), silentLogger());
  const later = { ...first, notKept: 7 };
  writer.write(second, organisationId);
  writer.write(later, organisationId);
  await writer.close();
  expect([writer.written, writer.lost]).toEqual([1, 1]);
  const row = await rowOf(first);
  expect(row && (await decodeLadder(row.data))).toMatchObject({ notKept: 7 });
  expect(await rowOf(second)).toBeNull();
});
