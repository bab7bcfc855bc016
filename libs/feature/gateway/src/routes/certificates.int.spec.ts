import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import type { AuditEntry, Me, UploadedCertificate, User } from '@carillon/contracts';
import { openCertificateKey, SecretBox } from '@carillon/identity';
import {
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGateway, type TestClient, type TestGateway } from '../test-gateway.js';

const PATH = '/api/operator/certificates';
const SIGNING = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

let gateway: TestGateway;
let operator: TestClient;
let told = 0;
beforeAll(async () => {
  gateway = await openTestGateway(20_110);
  operator = await gateway.admin();
  gateway.bus.subscribe('sip.certificates-changed', () => {
    told += 1;
  });
});
afterAll(() => gateway?.close());

async function make(...names: string[]): Promise<{ chain: string; key: string }> {
  const keys = await webcrypto.subtle.generateKey(SIGNING, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${names[0] ?? ''}`,
      keys,
      signingAlgorithm: SIGNING,
      notAfter: new Date(Date.now() + 30 * 86_400_000),
      extensions: [
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns' as const, value }))),
      ],
    },
    webcrypto,
  );
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { chain: certificate.toString('pem'), key };
}

interface List {
  uploaded: UploadedCertificate[];
  filesFirst: boolean;
}
const list = async (): Promise<List> => operator.do<List>('GET', PATH);
const defaults = async () => (await list()).uploaded.map(({ names, isDefault }) => [names[0], isDefault]);

describe('certificates of the installation', () => {
  it('are uploaded, told to signalling, replaced, made the default and removed, each with an audit entry', async () => {
    expect(await list()).toEqual({ uploaded: [], filesFirst: false });
    const first = await operator.do<UploadedCertificate>('POST', PATH, await make('a.example', 'b.example'));
    expect(first).toMatchObject({ names: ['a.example', 'b.example'], isDefault: true, uploadedBy: 'Administrator' });
    const second = await operator.do<UploadedCertificate>('POST', PATH, await make('c.example'));
    expect(second.isDefault).toBe(false);
    expect(told).toBe(2);

    const renewed = await operator.do<UploadedCertificate>('POST', PATH, {
      ...(await make('a.example')),
      replaces: first.certificateId,
    });
    expect(renewed).toMatchObject({ certificateId: first.certificateId, names: ['a.example'], isDefault: true });
    await operator.do('POST', `${PATH}/${second.certificateId}/default`);
    expect(await defaults()).toEqual([
      ['c.example', true],
      ['a.example', false],
    ]);
    await operator.do('DELETE', `${PATH}/${second.certificateId}`);
    expect(await defaults()).toEqual([['a.example', true]]);
    expect(told).toBe(5);

    const { entries } = await operator.do<{ entries: AuditEntry[] }>('GET', '/api/admin/audit');
    const acts = entries.filter(({ action }) => action.startsWith('certificate.'));
    expect(acts.map(({ action, target }) => `${action} ${target}`)).toEqual([
      'certificate.removed c.example',
      'certificate.made-default c.example',
      'certificate.replaced a.example',
      'certificate.uploaded c.example',
      'certificate.uploaded a.example',
    ]);
    expect(acts[2]?.change).toMatchObject({
      before: { names: ['a.example', 'b.example'] },
      after: { names: ['a.example'] },
    });
    expect(JSON.stringify(entries)).not.toContain('PRIVATE KEY');
  });

  it('have keys that are stored sealed and never told', async () => {
    const { chain, key } = await make('sealed.example');
    const answer = await operator.send('POST', PATH, { chain, key });
    expect(answer.text).not.toContain('PRIVATE');
    const { certificateId } = answer.body as unknown as UploadedCertificate;
    const row = await gateway.opened.database.asSystem('test', (tx) =>
      tx.sipCertificate.findUniqueOrThrow({ where: { id: certificateId } }),
    );
    expect(row.keySealed).toMatch(/^v1\./);
    const box = SecretBox.open(gateway.opened.dataDir);
    expect(openCertificateKey(box, row.keySealed).trim()).toBe(key.trim());
    await operator.do('DELETE', `${PATH}/${certificateId}`);
  });

  it('are refused beside the field that is wrong, or where a name is taken; nothing changes then', async () => {
    const before = told;
    const [one, two] = [await make('one.example'), await make('two.example')];
    const mixed = await operator.send('POST', PATH, { chain: one.chain, key: two.key });
    expect([mixed.status, mixed.body['fields']]).toEqual([
      400,
      { key: 'This key does not belong to the certificate for one.example.' },
    ]);
    const taken = await operator.send('POST', PATH, await make('a.example'));
    expect([taken.status, taken.body['code']]).toEqual([409, 'CERTIFICATE.NAME_TAKEN']);
    const none = { ...one, replaces: crypto.randomUUID() };
    expect((await operator.send('POST', PATH, none)).status).toBe(404);
    expect((await operator.send('DELETE', `${PATH}/${crypto.randomUUID()}`)).status).toBe(404);
    expect((await operator.send('POST', `${PATH}/not-an-id/default`)).status).toBe(404);
    expect(told).toBe(before);
  });
});

describe('operators', () => {
  const users = async (client: TestClient) => client.do<User[]>('GET', '/api/admin/users');

  it('are no staff, no admins of other organisations, and no admins of the same one', async () => {
    const stranger = await gateway.client().login(gateway.other.email, gateway.other.password);
    const staff = await gateway.staff(0);
    for (const client of [stranger, staff]) {
      expect((await client.do<Me>('GET', '/api/me')).isOperator).toBe(false);
      expect((await client.send('GET', PATH)).status).toBe(403);
      expect((await client.send('POST', PATH, await make('x.example'))).status).toBe(403);
      expect((await client.send('DELETE', `${PATH}/${crypto.randomUUID()}`)).status).toBe(403);
    }
    const tls = { tlsPort: 5061, wssPort: null, problem: null };
    const certificate = {
      names: ['a.example'],
      issuer: 'A',
      origin: 'file' as const,
      certificateId: null,
      fingerprint: 'AA',
    };
    const at = { validFrom: '2026-01-01T00:00:00Z', validTo: '2027-01-01T00:00:00Z', pem: '' };
    const files = { chainFile: '/etc/a.pem', keyFile: '/etc/a.key' };
    gateway.bus.handle('sip.describe-tls', () => ({
      ok: true,
      tls: { ...tls, certificates: [{ ...certificate, ...at, ...files }] },
    }));
    expect((await operator.send('GET', '/api/admin/sip/tls')).text).toContain('/etc/a.key');
    expect((await stranger.send('GET', '/api/admin/sip/tls')).text).not.toContain('/etc');
  });

  it('are made by operators alone, out of admins; other admins cannot take over an operator', async () => {
    const own = (await users(operator)).find(({ isOperator }) => isOperator);
    const staffId = (await users(operator)).find(({ role }) => role === 'staff')?.userId ?? '';
    const target = `/api/admin/users/${staffId}`;
    expect((await operator.send('PATCH', target, { isOperator: true })).body['code']).toBe('DIRECTORY.NOT_ADMIN');
    await operator.do('PATCH', target, { role: 'admin' });
    const { generatedPassword } = await operator.do<{ generatedPassword: string }>('POST', `${target}/password`);
    const email = (await users(operator)).find(({ userId }) => userId === staffId)?.email ?? '';
    const admin = await gateway.client().login(email, generatedPassword);

    expect((await admin.send('PATCH', target, { isOperator: true })).status).toBe(403);
    const ownPath = `/api/admin/users/${own?.userId ?? ''}`;
    for (const [method, path, body] of [
      ['POST', `${ownPath}/password`, undefined],
      ['PATCH', ownPath, { email: 'mine@demo.example' }],
      ['PATCH', ownPath, { role: 'staff' }],
      ['DELETE', ownPath, undefined],
    ] as const) {
      const answer = await admin.send(method, path, body);
      expect([method, path, answer.status, answer.body['code']]).toEqual([method, path, 403, 'IDENTITY.FORBIDDEN']);
    }

    expect(await operator.do('PATCH', target, { isOperator: true })).toMatchObject({ isOperator: true });
    expect((await admin.send('GET', PATH)).status).toBe(200);
    expect((await operator.send('PATCH', ownPath, { isOperator: false })).body['code']).toBe('DIRECTORY.OWN_ACCOUNT');
    // Who is no admin any more looks after nothing.
    expect(await operator.do('PATCH', target, { role: 'staff' })).toMatchObject({ role: 'staff', isOperator: false });
    expect((await admin.send('GET', PATH)).status).toBe(403);
  });
});
