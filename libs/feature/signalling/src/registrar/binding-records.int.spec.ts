import { DeviceId, type OrganisationId } from '@carillon/domain';
import { openTestDatabase, type TestDatabase } from '@carillon/database/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addOrganisation, type TestOrganisation } from '../testing/organisation.js';
import { BindingRecords } from './binding-records.js';
import type { Binding } from './binding.js';

const NUMBERS = Array.from({ length: 40 }, (_, index) => String(2000 + index));

let opened: TestDatabase;
let records: BindingRecords;

beforeAll(async () => {
  opened = await openTestDatabase();
  records = new BindingRecords(opened.database);
});
afterAll(async () => opened.close());

/** An organisation and one binding for each of its devices. */
async function organisationWithBindings(): Promise<{ organisation: TestOrganisation; bindings: Binding[] }> {
  const organisation = await addOrganisation(opened.database, NUMBERS);
  const { organisationId } = organisation;
  const devices = await opened.database.forOrganisation(organisationId, (tx) => tx.device.findMany());
  const bindings = devices.map(({ id, sipUsername, userId }): Binding => {
    const user = [...organisation.users.values()].find((one) => one.userId === userId);
    if (user === undefined) throw new Error('A device without its user');
    const device = {
      organisationId,
      userId: user.userId,
      deviceId: DeviceId.parse(id),
      sipUsername,
      deviceName: 'Desk',
    };
    const via = { protocol: 'udp', source: '10.0.0.7:5060', flowId: null } as const;
    const times = { registeredAt: Date.now(), expiresAt: Date.now() + 3_600_000 };
    return {
      device,
      contactUri: `sip:${sipUsername}@10.0.0.7`,
      callId: 'c',
      cseq: 1,
      q: 0.5,
      userAgent: 'T',
      ...via,
      ...times,
    };
  });
  return { organisation, bindings };
}

const rowsOf = (organisationId: OrganisationId) =>
  opened.database.forOrganisation(organisationId, (tx) => tx.registrationBinding.findMany());

describe('BindingRecords', () => {
  it('writes many devices at once, renews them and deletes them, each as it was told', async () => {
    const { organisation, bindings } = await organisationWithBindings();
    const { organisationId } = organisation;
    await Promise.all(bindings.map((binding) => records.write(organisationId, { keep: [binding], remove: [] })));
    const read = (await records.readLive(Date.now())).filter(({ device }) => device.organisationId === organisationId);
    const byContact = (a: Binding, b: Binding): number => a.contactUri.localeCompare(b.contactUri);
    expect(read.sort(byContact)).toEqual([...bindings].sort(byContact));

    const renewed = bindings.map((one) => ({
      ...one,
      cseq: 2,
      registeredAt: one.registeredAt + 5,
      expiresAt: one.expiresAt + 5,
    }));
    await Promise.all(renewed.map((binding) => records.write(organisationId, { keep: [binding], remove: [] })));
    const rows = await rowsOf(organisationId);
    expect(rows).toHaveLength(NUMBERS.length);
    expect(rows.every(({ cseq }) => cseq === 2n)).toBe(true);

    // What was told of the old ones comes late.
    await records.write(organisationId, { keep: [], remove: bindings });
    expect(await rowsOf(organisationId)).toHaveLength(NUMBERS.length);
    await records.write(organisationId, { keep: [], remove: renewed });
    expect(await rowsOf(organisationId)).toEqual([]);
  });

  it('notes when a device registered', async () => {
    const { organisation, bindings } = await organisationWithBindings();
    await records.write(organisation.organisationId, { keep: bindings, remove: [] });
    const devices = await opened.database.forOrganisation(organisation.organisationId, (tx) => tx.device.findMany());
    const noted = new Map<DeviceId, number | undefined>(
      devices.map((device) => [DeviceId.parse(device.id), device.lastRegisteredAt?.getTime()]),
    );
    for (const { device, registeredAt } of bindings) expect(noted.get(device.deviceId)).toBe(registeredAt);
  });

  it('fails the device that is gone and the one of another organisation, and nobody else', async () => {
    const { organisation, bindings } = await organisationWithBindings();
    const { organisationId } = organisation;
    const [foreign] = (await organisationWithBindings()).bindings;
    const [gone] = bindings;
    if (gone === undefined || foreign === undefined) throw new Error('No bindings');
    await opened.database.forOrganisation(organisationId, (tx) =>
      tx.device.delete({ where: { id: gone.device.deviceId } }),
    );
    const all = [...bindings, foreign];
    const outcomes = await Promise.allSettled(
      all.map((binding) => records.write(organisationId, { keep: [binding], remove: [] })),
    );
    const failed = all.filter((_, index) => outcomes[index]?.status === 'rejected');
    expect(failed).toEqual([gone, foreign]);
    expect(await rowsOf(organisationId)).toHaveLength(NUMBERS.length - 1);
    expect(await rowsOf(foreign.device.organisationId)).toEqual([]);
  });
});
