import type { AuditEntry, SipChoices, SipTls } from '@carillon/contracts';
import { DEFAULT_SIP_SETTINGS } from '@carillon/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGateway, type TestClient, type TestGateway } from '../test-gateway.js';

const PATH = '/api/admin/sip';

let gateway: TestGateway;
let admin: TestClient;
beforeAll(async () => {
  gateway = await openTestGateway(21_630);
  admin = await gateway.admin();
});
afterAll(() => gateway?.close());

const fields = async (body: object) => {
  const answer = await admin.send('PUT', PATH, body);
  return [answer.status, answer.body['fields']];
};

describe('what an organisation decides about SIP', () => {
  it('is as by default until it decides, and what it leaves out stays as it was', async () => {
    expect(await admin.do('GET', PATH)).toEqual(DEFAULT_SIP_SETTINGS);
    const saved = await admin.do<SipChoices>('PUT', PATH, { privateHeaders: ['X-Customer'], ringSeconds: 40 });
    expect(saved).toEqual({ ...DEFAULT_SIP_SETTINGS, privateHeaders: ['X-Customer'], ringSeconds: 40 });
    await admin.do('PUT', PATH, { followRedirects: false });
    expect(await admin.do('GET', PATH)).toEqual({ ...saved, followRedirects: false });
  });

  it('is written into the audit log, one entry for each thing that changed, with before and after', async () => {
    const registration = { ...DEFAULT_SIP_SETTINGS.registration, maximumSeconds: 7200 };
    await admin.do('PUT', PATH, { registration, digest: 'sha256-only', followRedirects: false });
    const { entries } = await admin.do<{ entries: AuditEntry[] }>('GET', '/api/admin/audit');
    const [newest, next] = entries;
    expect(new Set([newest?.action, next?.action])).toEqual(
      new Set(['password-policy.changed', 'registration-policy.changed']),
    );
    const policy = entries.find(({ action }) => action === 'registration-policy.changed');
    expect(policy?.change).toMatchObject({
      before: { registration: { maximumSeconds: 3600 } },
      after: { registration: { maximumSeconds: 7200 } },
    });
  });

  it('says what is heard on hold: music or silence, and nothing else', async () => {
    expect(await admin.do('PUT', PATH, { holdMusic: 'silence' })).toMatchObject({ holdMusic: 'silence' });
    const { entries } = await admin.do<{ entries: AuditEntry[] }>('GET', '/api/admin/audit');
    expect(entries[0]).toMatchObject({
      action: 'hold-music.changed',
      change: { before: { holdMusic: 'built-in' }, after: { holdMusic: 'silence' } },
    });
    expect((await fields({ holdMusic: '/etc/passwd' }))[0]).toBe(400);
    const other = await gateway.client().login(gateway.other.email, gateway.other.password);
    expect(await other.do('GET', PATH)).toMatchObject({ holdMusic: 'built-in' });
    expect((await (await gateway.staff(0)).send('PUT', PATH, { holdMusic: 'silence' })).status).toBe(403);
    await admin.do('PUT', PATH, { holdMusic: 'built-in' });
  });

  it('is refused in words, beside the field that is wrong', async () => {
    const { registration } = DEFAULT_SIP_SETTINGS;
    expect(await fields({ registration: { ...registration, minimumSeconds: 3000, maximumSeconds: 600 } })).toEqual([
      400,
      { 'registration.minimumSeconds': 'The shortest time is longer than the longest' },
    ]);
    expect(await fields({ registration: { ...registration, contactsPerDevice: 0 } })).toEqual([
      400,
      { 'registration.contactsPerDevice': 'At least 1' },
    ]);
    const [status, said] = await fields({ privateHeaders: ['Route'] });
    expect([status, JSON.stringify(said)]).toEqual([400, expect.stringContaining('names that begin with X-')]);
    expect((await fields({ registration: { ...registration, serviceRoute: ['http://x'] } }))[0]).toBe(400);
  });
});

it("is each organisation's own, and no business of staff", async () => {
  const other = await gateway.client().login(gateway.other.email, gateway.other.password);
  const before = await admin.do<SipChoices>('GET', PATH);
  await other.do('PUT', PATH, { ringSeconds: 99 });
  expect(await admin.do('GET', PATH)).toEqual(before);
  expect(await other.do('GET', PATH)).toMatchObject({ ringSeconds: 99 });
  const staff = await gateway.staff(0);
  expect((await staff.send('GET', PATH)).status).toBe(403);
  expect((await staff.send('PUT', PATH, { ringSeconds: 30 })).status).toBe(403);
});

it('addresses and certificates are told to admins alone', async () => {
  gateway.bus.handle('sip.describe-tls', () =>
    Promise.resolve({ ok: true as const, tls: { tlsPort: 5061, wssPort: null, certificates: [], problem: null } }),
  );
  expect(await admin.do<SipTls>('GET', `${PATH}/tls`)).toMatchObject({ tlsPort: 5061, certificates: [] });
  expect((await gateway.client().send('GET', `${PATH}/tls`)).status).toBe(401);
  expect((await gateway.client().send('PUT', PATH, { ringSeconds: 30 })).status).toBe(401);
});
