import type { AuditEntry, Me } from '@carillon/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestGateway, type TestClient, type TestGateway } from '../test-gateway.js';

const PATH = '/api/admin/organisation';

let gateway: TestGateway;
let admin: TestClient;
beforeAll(async () => {
  gateway = await openTestGateway(26_610);
  admin = await gateway.admin();
});
afterAll(() => gateway?.close());

it('an organisation is called what its admin says, everywhere, and nobody else is', async () => {
  const staff = await gateway.staff(0);
  expect(await admin.do('PUT', PATH, { name: '  Bell & Sons  ' })).toEqual({ name: 'Bell & Sons' });
  expect((await staff.do<Me>('GET', '/api/me')).organisationName).toBe('Bell & Sons');
  const guest = await gateway.client().do('GET', `/api/guest/${gateway.seed.room.guestToken}`);
  expect(guest).toMatchObject({ organisationName: 'Bell & Sons' });
  const other = await gateway.client().login(gateway.other.email, gateway.other.password);
  expect((await other.do<Me>('GET', '/api/me')).organisationName).toBe('Other');
});

it('its new name is in the audit log, once', async () => {
  await admin.do('PUT', PATH, { name: 'Ring' });
  await admin.do('PUT', PATH, { name: 'Ring' });
  const { entries } = await admin.do<{ entries: AuditEntry[] }>('GET', '/api/admin/audit');
  const renamed = entries.filter(({ action, target }) => action === 'organisation.renamed' && target === 'Ring');
  expect(renamed.map(({ change }) => change)).toEqual([{ before: { name: 'Bell & Sons' }, after: { name: 'Ring' } }]);
});

it.each([{}, { name: '' }, { name: '   ' }, { name: 'x'.repeat(81) }, { name: 7 }])(
  'has a name of 1 to 80 characters: %j is refused',
  async (body) => {
    const { status, body: answer } = await admin.send('PUT', PATH, body);
    expect([status, answer['code']]).toEqual([400, 'REQUEST.INVALID']);
  },
);

it('staff do not rename it', async () => {
  expect((await (await gateway.staff(0)).send('PUT', PATH, { name: 'Mine' })).status).toBe(403);
});
