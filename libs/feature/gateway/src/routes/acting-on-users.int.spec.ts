import { openTestDatabase, type TestDatabase } from '@carillon/database/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assertAdminRemains } from './acting-on-users.js';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened?.close());

it('leaves one admin where two take the rights of each other at the same moment', async () => {
  const { database } = opened;
  const { organisationId, userIds } = await database.asSystem('test data', async (tx) => {
    const { id } = await tx.organisation.create({ data: { slug: 'one', name: 'One', sipDomain: 'one.example' } });
    const made = ['a', 'b'].map((name) =>
      tx.user.create({
        data: { organisationId: id, email: `${name}@one.example`, displayName: name, role: 'admin', passwordHash: '-' },
      }),
    );
    return { organisationId: id, userIds: (await Promise.all(made)).map((user) => user.id) };
  });
  let changed = 0;
  let bothChanged = (): void => undefined;
  const meeting = new Promise<void>((settle) => {
    bothChanged = settle;
  });
  const demote = (id: string): Promise<void> =>
    database.forOrganisation(organisationId, async (tx) => {
      await tx.user.update({ where: { id }, data: { role: 'staff' } });
      changed += 1;
      if (changed === 2) bothChanged();
      await meeting;
      await assertAdminRemains(tx, { organisationId, isOperator: false });
    });
  const outcomes = await Promise.allSettled(userIds.map(demote));
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'DIRECTORY.LAST_ADMIN' },
  });
});
