import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from './testing.js';

let opened: TestDatabase;
const organisations: string[] = [];

beforeAll(async () => {
  opened = await openTestDatabase();
  for (const slug of ['one', 'two']) {
    const { id } = await opened.database.asSystem('test data', (tx) =>
      tx.organisation.create({ data: { slug, name: slug, sipDomain: `${slug}.test` } }),
    );
    organisations.push(id);
  }
});
afterAll(() => opened.close());

const insertGroup = (organisationId: string, name: string | null) => ({
  name: 'insert-group',
  text: 'INSERT INTO ring_group (id, organisation_id, name) VALUES (gen_random_uuid(), $1::uuid, $2)',
  values: [organisationId, name],
});

const groupsOf = (organisationId: string) =>
  opened.database.forOrganisation(organisationId, (tx) => tx.ringGroup.findMany({ orderBy: { name: 'asc' } }));

it('writes in the scope of one organisation, many at once over few connections', async () => {
  const [one = '', two = ''] = organisations;
  const rows = await Promise.all(
    Array.from({ length: 200 }, (_, index) => {
      const organisationId = index % 2 === 0 ? one : two;
      return opened.database.writeForOrganisation(organisationId, insertGroup(organisationId, `group ${index}`));
    }),
  );
  expect(rows.every((count) => count === 1)).toBe(true);
  expect(await groupsOf(one)).toHaveLength(100);
  expect(await groupsOf(two)).toHaveLength(100);
});

it('cannot write into another organisation', async () => {
  const [one = '', two = ''] = organisations;
  await expect(opened.database.writeForOrganisation(one, insertGroup(two, 'foreign'))).rejects.toThrow(
    /row-level security/,
  );
  expect(await groupsOf(two)).toHaveLength(100);
});

it('is in the right scope, whoever used the connection before', async () => {
  const [one = '', two = ''] = organisations;
  for (let turn = 0; turn < 12; turn += 1) {
    const [own, other] = turn % 2 === 0 ? [one, two] : [two, one];
    const name = `turn ${turn}`;
    expect(await opened.database.writeForOrganisation(own, insertGroup(own, name))).toBe(1);
    const rename = { name: 'rename', text: `UPDATE ring_group SET name = 'gone' WHERE name = $1`, values: [name] };
    expect(await opened.database.writeForOrganisation(other, rename)).toBe(0);
    const remove = { name: 'remove', text: 'DELETE FROM ring_group WHERE name = $1', values: [name] };
    expect(await opened.database.writeForOrganisation(own, remove)).toBe(1);
  }
});

it('leaves nothing of a statement that fails, and the connection usable', async () => {
  const [one = ''] = organisations;
  const outcomes = await Promise.allSettled(
    Array.from({ length: 40 }, (_, index) =>
      opened.database.writeForOrganisation(one, insertGroup(one, index % 2 === 0 ? null : `late ${index}`)),
    ),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
  expect(await groupsOf(one)).toHaveLength(120);
});
