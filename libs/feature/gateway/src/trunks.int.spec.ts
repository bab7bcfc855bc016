import type { Trunk } from '@carillon/contracts';
import { openTrunkPassword, SecretBox } from '@carillon/identity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGateway, type TestClient, type TestGateway } from './test-gateway.js';

let gateway: TestGateway;
let admin: TestClient;

beforeAll(async () => {
  gateway = await openTestGateway(16_100);
  admin = await gateway.admin();
  gateway.bus.handle('trunk.list-states', () => ({ ok: true, states: [] }));
});
afterAll(async () => gateway?.close());

const BODY = {
  name: 'Provider',
  host: 'SIP.Provider.Test',
  username: 'acme',
  password: 'a secret of ours',
  registers: true,
  outbound: [{ pattern: '0.', strip: 1, prepend: '+49' }],
  inbound: [{ number: '+4930100', extension: '1001' }],
};

describe('trunks', () => {
  it('are made, listed, changed and deleted, and their passwords never come back', async () => {
    const made = await admin.do<Trunk>('POST', '/api/admin/trunks', BODY);
    expect(made).toMatchObject({ name: 'Provider', host: 'sip.provider.test', port: null, hasPassword: true });
    const stored = () =>
      gateway.opened.database.forOrganisation(gateway.seed.organisationId, (tx) =>
        tx.trunk.findUniqueOrThrow({ where: { id: made.trunkId } }),
      );
    const sealed = (await stored()).passwordSealed ?? '';
    expect(sealed).not.toContain('secret');
    expect(openTrunkPassword(SecretBox.open(gateway.opened.dataDir), sealed)).toBe(BODY.password);

    const { password: _, ...unchanged } = BODY;
    const path = `/api/admin/trunks/${made.trunkId}`;
    await admin.do('PUT', path, { ...unchanged, name: 'Line 1' });
    expect((await stored()).passwordSealed).toBe(sealed);
    const bare = { ...BODY, name: 'Line 1', password: null, registers: false };
    expect(await admin.do<Trunk>('PUT', path, bare)).toMatchObject({ hasPassword: false });

    const list = await admin.send('GET', '/api/admin/trunks');
    expect(list.text).not.toMatch(/secret|passwordSealed|password_sealed/);
    const audit = await admin.send('GET', '/api/admin/audit');
    expect(audit.text).toContain('trunk.updated');
    expect(audit.text).not.toMatch(/a secret|v1\./);
    expect((await admin.send('DELETE', path)).status).toBe(204);
    expect((await admin.send('PUT', path, BODY)).status).toBe(404);
  });

  it('say what is wrong with a form, field by field', async () => {
    const wrong = { ...BODY, name: '', host: 'no host', outbound: [{ pattern: 'abc', strip: 0, prepend: 'x' }] };
    const { status, body } = await admin.send('POST', '/api/admin/trunks', wrong);
    expect(status).toBe(400);
    expect(Object.keys(body['fields'] as object).sort()).toEqual(
      expect.arrayContaining(['host', 'name', 'outbound.0.pattern', 'outbound.0.prepend']),
    );
    const nameless = { ...BODY, name: 'Another', username: null };
    expect((await admin.send('POST', '/api/admin/trunks', nameless)).body).toMatchObject({
      fields: { username: 'Registering needs a user name' },
    });
  });

  it('send keys of SRTP over TLS alone, unless an admin wants otherwise, which the audit shows', async () => {
    const secure = { ...BODY, name: 'Secure', mediaEncryption: 'srtp' };
    const refused = await admin.send('POST', '/api/admin/trunks', secure);
    expect(refused).toMatchObject({
      status: 400,
      body: { fields: { mediaEncryption: expect.stringContaining('TLS') } },
    });
    const odd = { ...secure, transport: 'tls', mediaEncryption: 'dtls' };
    expect((await admin.send('POST', '/api/admin/trunks', odd)).status).toBe(400);
    const made = await admin.do<Trunk>('POST', '/api/admin/trunks', { ...secure, transport: 'tls' });
    expect(made).toMatchObject({ mediaEncryption: 'srtp', keysInClear: false });
    const path = `/api/admin/trunks/${made.trunkId}`;
    const back = { ...secure, transport: 'udp', mediaEncryption: 'srtp-optional' };
    expect((await admin.send('PUT', path, back)).status).toBe(400);
    const open = await admin.do<Trunk>('PUT', path, { ...back, keysInClear: true });
    expect(open).toMatchObject({ transport: 'udp', mediaEncryption: 'srtp-optional', keysInClear: true });
    const audit = await admin.send('GET', '/api/admin/audit');
    expect(audit.text).toContain('"keysInClear":true');
    expect((await admin.send('DELETE', path)).status).toBe(204);
  });

  it('lead to the next one by what an admin says, and fall back in the clear only if so', async () => {
    const made = await admin.do<Trunk>('POST', '/api/admin/trunks', { ...BODY, name: 'Fallback' });
    expect(made).toMatchObject({ clearFallback: false });
    expect(made.nextTrunkStatuses).toEqual(expect.arrayContaining(['403', '488', '5xx']));
    const path = `/api/admin/trunks/${made.trunkId}`;
    for (const odd of [['302'], ['700'], ['5x'], ['x03'], ['503; '], Array.from({ length: 65 }, () => '503')]) {
      const refused = await admin.send('PUT', path, { ...BODY, name: 'Fallback', nextTrunkStatuses: odd });
      expect([odd[0], refused.status]).toEqual([odd[0], 400]);
    }
    const own = { ...BODY, name: 'Fallback', clearFallback: true, nextTrunkStatuses: [' 6XX', '404', '404'] };
    const changed = await admin.do<Trunk>('PUT', path, own);
    expect(changed).toMatchObject({ clearFallback: true, nextTrunkStatuses: ['6xx', '404'] });
    expect(await admin.do<Trunk>('PUT', path, { ...own, nextTrunkStatuses: [] })).toMatchObject({
      nextTrunkStatuses: [],
    });
    const audit = await admin.send('GET', '/api/admin/audit');
    expect(audit.text).toContain('"nextTrunkStatuses":["6xx","404"]');
    expect(audit.text).toContain('"clearFallback":true');
    const [staff, stranger] = [
      await gateway.staff(0),
      await gateway.client().login(gateway.other.email, gateway.other.password),
    ];
    expect((await staff.send('PUT', path, own)).status).toBe(403);
    expect((await stranger.send('PUT', path, own)).status).toBe(404);
    expect((await admin.send('DELETE', path)).status).toBe(204);
  });

  it('are no business of staff, nor of another organisation', async () => {
    const made = await admin.do<Trunk>('POST', '/api/admin/trunks', { ...BODY, name: 'Mine' });
    const path = `/api/admin/trunks/${made.trunkId}`;
    const staff = await gateway.staff(0);
    expect((await staff.send('GET', '/api/admin/trunks')).status).toBe(403);
    expect((await staff.send('POST', `${path}/test`, {})).status).toBe(403);
    const stranger = await gateway.client().login(gateway.other.email, gateway.other.password);
    expect((await stranger.send('GET', '/api/admin/trunks')).text).toBe('[]');
    for (const [method, where] of [
      ['PUT', path],
      ['DELETE', path],
      ['POST', `${path}/test`],
    ] as const)
      expect((await stranger.send(method, where, method === 'DELETE' ? undefined : BODY)).status).toBe(404);
  });

  it('are tested by asking signalling, and listed while it does not answer', async () => {
    const made = await admin.do<Trunk>('POST', '/api/admin/trunks', { ...BODY, name: 'Tested' });
    const probe = { reachable: false, status: 408, reason: 'No answer', milliseconds: 5000 };
    gateway.bus.handle('trunk.test', () => ({ ok: true, ...probe }));
    expect(await admin.do('POST', `/api/admin/trunks/${made.trunkId}/test`, {})).toEqual(probe);
  });
});
