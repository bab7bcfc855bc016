import { DeviceId, type OrganisationId } from '@carillon/domain';
import { openTestDatabase, type TestDatabase } from '@carillon/database/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addOrganisation, type TestOrganisation } from '../testing/organisation.js';
import { testBinding } from '../testing/binding.js';
import { BindingRecords } from './binding-records.js';
import type { Binding } from './binding.js';
import { STORED_EXPIRY_GRACE_MS } from './refresh-writer.js';

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
    const now = Date.now();
    return testBinding(
      `<sip:${sipUsername}@10.0.0.7;pn-provider=apns;pn-prid=abc>;+sip.instance="<urn:x:${id}>";reg-id=2`,
      {
        device,
        key: `urn:x:${id};reg-id=2`,
        q: 0.5,
        path: ['<sip:edge.example.org;lr;ob>', '<sip:inner.example.org;lr>'],
        instance: `urn:x:${id}`,
        regId: 2,
        gruuId: id.slice(-12),
        behindNat: true,
        allow: 'INVITE,ACK,MESSAGE',
        userAgent: 'T',
        createdAt: now - 5_000,
        registeredAt: now,
        expiresAt: now + 3_600_000,
      },
    );
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
    // Refreshes are written behind: what is read is good for as long as one may have been missed.
    const lenient = bindings.map((one) => ({ ...one, expiresAt: one.expiresAt + STORED_EXPIRY_GRACE_MS }));
    expect(read.sort(byContact)).toEqual(lenient.sort(byContact));

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

    const refreshed = renewed.map((one) => ({ ...one, cseq: 3, expiresAt: one.expiresAt + 60_000 }));
    const stranger = { ...refreshed[0], key: 'sip:gone@10.0.0.7' } as Binding;
    await records.writeTimes(organisationId, [...refreshed, stranger]);
    const times = await rowsOf(organisationId);
    expect(
      times.map(({ bindingKey, cseq, expiresAt }) => `${bindingKey} ${cseq} ${expiresAt.getTime()}`).sort(),
    ).toEqual(refreshed.map(({ key, expiresAt }) => `${key} 3 ${expiresAt}`).sort());

    // What was told of the old ones comes late.
    await records.write(organisationId, { keep: [], remove: bindings });
    expect(await rowsOf(organisationId)).toHaveLength(NUMBERS.length);
    await records.write(organisationId, { keep: [], remove: renewed });
    expect(await rowsOf(organisationId)).toEqual([]);
  });

  it('keeps what holds a character that no database takes', async () => {
    const { organisation, bindings } = await organisationWithBindings();
    const [first] = bindings;
    if (first === undefined) throw new Error('No bindings');
    const odd = { ...first, userAgent: 'a\0b', callId: 'c\0' };
    await records.write(organisation.organisationId, { keep: [odd], remove: [] });
    expect(await rowsOf(organisation.organisationId)).toMatchObject([{ userAgent: 'ab', callId: 'c' }]);
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
