import type { DeviceProfilesView } from '@carillon/contracts';
import { DeviceId, newId, STANDARD_PROFILE, UserId, type OrganisationId } from '@carillon/domain';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestGateway, type TestClient, type TestGateway } from '../test-gateway.js';

const PATH = '/api/admin/device-profiles';
const quirky = { name: 'Lobby', userAgent: 'OldPhone', quirks: { ...STANDARD_PROFILE.quirks, digest: 'md5-only' } };

let gateway: TestGateway;
let admin: TestClient;
beforeAll(async () => {
  gateway = await openTestGateway(13_109);
  admin = await gateway.admin();
  const { organisationId } = await admin.do<{ organisationId: OrganisationId }>('GET', '/api/me');
  const phone = (userAgent: string | null) => ({
    ...{ organisationId, userId: newId(UserId), deviceId: newId(DeviceId), deviceName: 'Desk', sipUsername: 'x' },
    ...{ contact: 'sip:x@192.0.2.1', source: '192.0.2.1:5060', protocol: 'udp' as const, userAgent },
    ...{ registeredAt: new Date().toISOString(), expiresAt: new Date().toISOString() },
  });
  const kinds = ['OldPhone 1', 'oldphone 1', 'OldPhone 1', 'Linphone/5', null];
  gateway.live.registrations.push(...kinds.map(phone));
});
afterAll(() => gateway?.close());

it('shows which phones are there and which profile they get, before and after the organisation has decided', async () => {
  const before = await admin.do<DeviceProfilesView>('GET', PATH);
  expect(before.own).toEqual([]);
  expect(before.seen[0]).toEqual({ userAgent: 'OldPhone 1', profile: 'Any other phone', phones: 2 });
  expect(before.builtIn.map(({ name }) => name)).toContain('Linphone');

  const after = await admin.do<DeviceProfilesView>('PUT', PATH, { profiles: [quirky] });
  expect(after).toEqual(await admin.do('GET', PATH));
  expect(after.own).toEqual([quirky]);
  expect(after.seen.map(({ profile }) => profile)).toEqual(['Lobby', 'Lobby', 'Linphone', 'Any other phone']);

  const { entries } = await admin.do<{ entries: { action: string }[] }>('GET', '/api/admin/audit');
  expect(entries[0]?.action).toBe('device-profiles.changed');
});

it('refuses what is no profile, and keeps what was', async () => {
  for (const profiles of [[{ ...quirky, userAgent: '' }], [{ ...quirky, quirks: {} }], Array(51).fill(quirky)])
    expect((await admin.send('PUT', PATH, { profiles })).status).toBe(400);
  expect((await admin.do<DeviceProfilesView>('GET', PATH)).own).toEqual([quirky]);
});
