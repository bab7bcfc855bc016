import { openTestDatabase, type TestDatabase } from '@carillon/database/testing';
import { newId, OrganisationId, RoomId, UserId } from '@carillon/domain';
import { SecretBox, seedDemo, type DemoSeed } from '@carillon/identity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RoomDirectory } from './room-directory.js';

describe('RoomDirectory', () => {
  let opened: TestDatabase;
  let seed: DemoSeed;
  let directory: RoomDirectory;
  let organisationId: OrganisationId;

  beforeAll(async () => {
    opened = await openTestDatabase();
    const box = SecretBox.open(opened.dataDir);
    const made = await seedDemo(opened.database, box, 'demo.example');
    if (made === undefined) throw new Error('The demonstration was not made');
    seed = made;
    organisationId = OrganisationId.parse(seed.organisationId);
    directory = new RoomDirectory(opened.database, box);
  });
  afterAll(() => opened?.close());

  const roomIdOf = async (): Promise<RoomId> => {
    const room = await opened.database.forOrganisation(organisationId, (tx) => tx.room.findFirstOrThrow());
    return RoomId.parse(room.id);
  };

  it('finds a room with its number and PIN', async () => {
    const found = await directory.findRoom(organisationId, await roomIdOf());
    expect(found).toMatchObject({ organisationId, extension: '1300', lobby: true });
    expect(found?.pin).toMatch(/^\d{4,10}$/);
  });

  it('knows nothing of what belongs to others or does not exist', async () => {
    expect(await directory.findRoom(newId(OrganisationId), await roomIdOf())).toBeUndefined();
    expect(await directory.findRoom(organisationId, newId(RoomId))).toBeUndefined();
    expect(await directory.findStaff(organisationId, newId(UserId))).toBeUndefined();
  });

  it('finds staff, until they are disabled', async () => {
    const users = await opened.database.forOrganisation(organisationId, (tx) => tx.user.findMany());
    const [admin, staff] = [users.find(({ role }) => role === 'admin'), users.find(({ role }) => role === 'staff')];
    expect(await directory.findStaff(organisationId, UserId.parse(admin?.id))).toMatchObject({ admin: true });
    const userId = UserId.parse(staff?.id);
    expect(await directory.findStaff(organisationId, userId)).toMatchObject({ admin: false, name: staff?.displayName });
    await opened.database.forOrganisation(organisationId, (tx) =>
      tx.user.update({ where: { id: userId }, data: { disabledAt: new Date() } }),
    );
    expect(await directory.findStaff(organisationId, userId)).toBeUndefined();
  });
});
