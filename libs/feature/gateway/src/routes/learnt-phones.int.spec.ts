import type { LearntPhone } from '@carillon/contracts';
import type { DeviceId, OrganisationId } from '@carillon/domain';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestGateway, type TestClient, type TestGateway } from '../test-gateway.js';

const PATH = '/api/admin/learnt-phones';

let gateway: TestGateway;
let admin: TestClient;
let known: LearntPhone[];
let organisationId: OrganisationId;

beforeAll(async () => {
  gateway = await openTestGateway(13_124);
  admin = await gateway.admin();
  organisationId = (await admin.do<{ organisationId: OrganisationId }>('GET', '/api/me')).organisationId;
  const users = await admin.do<{ devices: { deviceId: DeviceId }[] }[]>('GET', '/api/admin/users');
  known = users
    .flatMap(({ devices }) => devices)
    .slice(0, 2)
    .map(({ deviceId }) => ({
      ...{ deviceId, address: '192.0.2.7', userAgent: 'Old 1.0' },
      ...{ since: '2026-01-01T00:00:00.000Z', until: '2026-01-08T00:00:00.000Z' },
    }));
  gateway.bus.handle('learnt-phone.list', (of) => ({
    ok: true,
    phones: of.organisationId === organisationId ? known : [],
  }));
  gateway.bus.handle('learnt-phone.forget', (device) => {
    known = known.filter(({ deviceId }) => deviceId !== device.deviceId || device.organisationId !== organisationId);
    return { ok: true };
  });
});
afterAll(() => gateway?.close());

it('shows administrators what was learnt of the phones of their own organisation', async () => {
  expect(known).toHaveLength(2);
  expect(await admin.do('GET', PATH)).toEqual(known);
  const stranger = await gateway.client().login(gateway.other.email, gateway.other.password);
  expect(await stranger.do('GET', PATH)).toEqual([]);
  expect((await (await gateway.staff(0)).send('GET', PATH)).status).toBe(403);
});

it('forgets it of one device, with an entry in the audit; staff and other organisations cannot', async () => {
  const [first, second] = known;
  const path = `/api/admin/devices/${first?.deviceId}/learnt`;
  const stranger = await gateway.client().login(gateway.other.email, gateway.other.password);
  expect((await stranger.send('DELETE', path)).status).toBe(404);
  expect((await (await gateway.staff(0)).send('DELETE', path)).status).toBe(403);
  expect(known).toHaveLength(2);

  expect((await admin.send('DELETE', path)).status).toBe(204);
  expect(await admin.do('GET', PATH)).toEqual([second]);
  const { entries } = await admin.do<{ entries: { action: string; target: string }[] }>('GET', '/api/admin/audit');
  expect(entries[0]?.action).toBe('device.learnt-forgotten');
  const theirs = await stranger.do<{ entries: { action: string }[] }>('GET', '/api/admin/audit');
  expect(theirs.entries.map(({ action }) => action)).not.toContain('device.learnt-forgotten');
});
