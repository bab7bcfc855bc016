import type { EventName } from '@carillon/contracts';
import { computeHa1, findSipAccount, verifyPassword } from '@carillon/identity';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestGateway, type TestClient, type TestGateway } from './test-gateway.js';

interface Credentials {
  deviceId: string;
  sipUsername: string;
  sipPassword: string;
  domain: string;
  udpPort: number;
  wssUrl: string;
}
interface Created {
  user: { userId: string; extension: string | null; mailboxId: string | null; devices: { deviceId: string }[] };
  generatedPassword: string | null;
  voicemailPin: string | null;
  credentials: Credentials | null;
}

let gateway: TestGateway;
let admin: TestClient;
let published: [EventName, Record<string, unknown>][] = [];

beforeAll(async () => {
  gateway = await openTestGateway(13_102);
  admin = await gateway.admin();
  const names = ['directory.changed', 'user.disabled', 'device.revoked', 'session.revoked'] as const;
  gateway.bus.subscribe(names, (payload, name) => void published.push([name, payload]));
});
beforeEach(() => {
  published = [];
});
afterAll(async () => gateway?.close());

const create = (extension: string | null, more: object = {}): Promise<Created> =>
  admin.do<Created>('POST', '/api/admin/users', {
    email: `u${crypto.randomUUID()}@demo.example`,
    displayName: 'New',
    extension,
    ...more,
  });
async function heard(name: EventName): Promise<Record<string, unknown>[]> {
  await gateway.bus.settled();
  return published.filter(([event]) => event === name).map(([, payload]) => payload);
}

describe('a session', () => {
  it('is kept in a cookie that no script can read, and ends at log-out', async () => {
    const client = gateway.client();
    const { email, password } = gateway.seed.admin;
    const answer = await client.send('POST', '/api/session', { email: ` ${email.toUpperCase()} `, password });
    expect(answer.headers.get('set-cookie')).toMatch(
      /^carillon_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800$/,
    );
    expect(answer.body).toMatchObject({
      role: 'admin',
      mustChangePassword: true,
      voicemail: null,
      organisationName: 'Demo',
    });
    client.csrf = String(answer.body['csrfToken']);
    const { cookie } = client;
    expect((await client.send('DELETE', '/api/session')).headers.get('set-cookie')).toContain('Max-Age=0');
    client.cookie = cookie;
    expect((await client.send('GET', '/api/me')).status).toBe(401);
    expect(await heard('session.revoked')).toHaveLength(1);
  });

  it('is secure where the browser came by https', async () => {
    const { email, password } = gateway.seed.admin;
    const headers = { origin: 'https://127.0.0.1:13102' };
    const answer = await gateway.client().send('POST', '/api/session', { email, password }, headers);
    expect(answer.headers.get('set-cookie')).toContain('; Secure');
  });

  it('replaces the one that the browser had', async () => {
    const client = await gateway.staff(2);
    const before = client.cookie;
    await client.login(gateway.seed.staff[2]?.email ?? '', gateway.seed.staff[2]?.password ?? '');
    expect(client.cookie).not.toBe(before);
    client.cookie = before;
    expect((await client.send('GET', '/api/me')).status).toBe(401);
  });

  it('survives a change of the password, the others do not', async () => {
    const [one, two] = [await gateway.staff(3), await gateway.staff(3)];
    const current = gateway.seed.staff[3]?.password;
    const next = 'a much longer password';
    const wrong = await one.send('PUT', '/api/me/password', { current: 'wrong', next });
    expect([wrong.status, wrong.body['code']]).toEqual([403, 'IDENTITY.WRONG_CREDENTIALS']);
    const short = await one.send('PUT', '/api/me/password', { current, next: 'short' });
    expect([short.status, short.body['fields']]).toEqual([400, { next: 'A password has at least 12 characters' }]);
    await one.do('PUT', '/api/me/password', { current, next });
    expect((await two.send('GET', '/api/me')).status).toBe(401);
    expect(await one.do<unknown[]>('GET', '/api/me/sessions')).toHaveLength(1);
    await gateway.client().login(gateway.seed.staff[3]?.email ?? '', next);
  });

  it('offers to change a generated password until it is changed or kept', async () => {
    const client = await gateway.admin();
    expect(await client.do('POST', '/api/me/password/keep')).toMatchObject({ mustChangePassword: false });
  });

  it('can be ended from another one', async () => {
    const [one, two] = [await gateway.staff(4), await gateway.staff(4)];
    const sessions = await one.do<{ sessionId: string; current: boolean; address: string }[]>(
      'GET',
      '/api/me/sessions',
    );
    expect(sessions).toHaveLength(2);
    const other = sessions.find(({ current }) => !current);
    await one.do('DELETE', `/api/me/sessions/${other?.sessionId}`);
    expect((await two.send('GET', '/api/me')).status).toBe(401);
    expect((await one.send('DELETE', `/api/me/sessions/${other?.sessionId}`)).status).toBe(404);
  });
});

describe('a user', () => {
  it('is created with extension, voicemail and a phone, whose secrets are shown once', async () => {
    const { user, generatedPassword, voicemailPin, credentials } = await create('1050');
    expect(credentials).toMatchObject({
      sipUsername: '1050',
      domain: 'demo.example',
      udpPort: 5060,
      wssUrl: 'ws://127.0.0.1:13102/sip',
    });
    const account = await findSipAccount(gateway.opened.database, 'demo.example', '1050');
    expect(account).toMatchObject({
      userId: user.userId,
      ...computeHa1('1050', 'demo.example', credentials?.sipPassword ?? ''),
    });
    expect(generatedPassword).toMatch(/^[a-z2-9-]{19}$/);
    expect(voicemailPin).toMatch(/^\d{6}$/);
    const { text } = await admin.send('GET', `/api/admin/users/${user.userId}`);
    for (const secret of [credentials?.sipPassword, generatedPassword, voicemailPin])
      expect(text).not.toContain(secret);
    const { entries } = await admin.do<{ entries: { action: string }[] }>('GET', '/api/admin/audit?limit=1');
    expect(entries[0]).toMatchObject({ action: 'user.created', actorName: 'Administrator', address: '127.0.0.1' });
    expect(await heard('directory.changed')).toEqual([{ organisationId: gateway.seed.organisationId }]);
  });

  it('is refused with the fields that are wrong, and where mail address or number are taken', async () => {
    const bad = await admin.send('POST', '/api/admin/users', { email: 'nonsense', displayName: '', extension: 'abc' });
    expect([bad.status, Object.keys(bad.body['fields'] as object)]).toEqual([
      400,
      ['email', 'displayName', 'extension'],
    ]);
    const number = await admin.send('POST', '/api/admin/users', {
      email: 'x@demo.example',
      displayName: 'X',
      extension: '1001',
    });
    expect([number.status, number.body['code']]).toEqual([409, 'DIRECTORY.NUMBER_TAKEN']);
    const mail = await admin.send('POST', '/api/admin/users', { email: gateway.seed.admin.email, displayName: 'X' });
    expect([mail.status, mail.body['code']]).toEqual([409, 'DIRECTORY.EMAIL_TAKEN']);
    expect(await heard('directory.changed')).toEqual([]);
  });

  it('is changed in parts; disabling ends sessions and tells the running parts', async () => {
    const { user, generatedPassword } = await create('1051', { email: 'changing@demo.example' });
    const path = `/api/admin/users/${user.userId}`;
    expect(await admin.do('PATCH', path, { extension: '1059', voicemail: false })).toMatchObject({
      extension: '1059',
      mailboxId: null,
      displayName: 'New',
    });
    expect(await admin.do('PATCH', path, { extension: null, voicemail: true })).toMatchObject({
      extension: null,
      mailboxId: expect.any(String),
    });
    const client = await gateway.client().login('changing@demo.example', generatedPassword ?? '');
    await admin.do('PATCH', path, { disabled: true });
    expect((await client.send('GET', '/api/me')).status).toBe(401);
    expect(await heard('user.disabled')).toEqual([
      { organisationId: gateway.seed.organisationId, userId: user.userId },
    ]);
    expect(await findSipAccount(gateway.opened.database, 'demo.example', '1051')).toBeUndefined();
    await admin.do('PATCH', path, { disabled: false });
    await gateway.client().login('changing@demo.example', generatedPassword ?? '');
  });

  it('gets a new password and a new PIN', async () => {
    const { user } = await create(null, { email: 'renewed@demo.example' });
    const { generatedPassword } = await admin.do<{ generatedPassword: string }>(
      'POST',
      `/api/admin/users/${user.userId}/password`,
    );
    await gateway.client().login('renewed@demo.example', generatedPassword);
    const { voicemailPin } = await admin.do<{ voicemailPin: string }>(
      'POST',
      `/api/admin/users/${user.userId}/voicemail-pin`,
    );
    const mailbox = await gateway.opened.database.forOrganisation(gateway.seed.organisationId, (tx) =>
      tx.mailbox.findUniqueOrThrow({ where: { userId: user.userId } }),
    );
    expect(await verifyPassword(mailbox.pinHash, voicemailPin)).toBe(true);
  });

  it('is deleted with all that is theirs; never oneself', async () => {
    const { user } = await create('1052');
    await admin.do('DELETE', `/api/admin/users/${user.userId}`);
    expect((await admin.send('GET', `/api/admin/users/${user.userId}`)).status).toBe(404);
    expect(await heard('user.disabled')).toHaveLength(1);
    const { userId } = await admin.do<{ userId: string }>('GET', '/api/me');
    for (const [method, body] of [
      ['DELETE', undefined],
      ['PATCH', { disabled: true }],
      ['PATCH', { role: 'staff' }],
    ] as const)
      expect((await admin.send(method, `/api/admin/users/${userId}`, body)).body['code']).toBe('DIRECTORY.OWN_ACCOUNT');
  });

  it('has several phones, each with credentials of its own', async () => {
    const { user } = await create('1053');
    const second = await admin.do<Credentials>('POST', `/api/admin/users/${user.userId}/devices`, {
      name: 'Soft phone',
    });
    expect(second.sipUsername).toBe('1053-2');
    const renewed = await admin.do<Credentials>('POST', `/api/admin/devices/${second.deviceId}/credentials`);
    expect(renewed.sipPassword).not.toBe(second.sipPassword);
    expect(await admin.do('PATCH', `/api/admin/devices/${second.deviceId}`, { disabled: true })).toMatchObject({
      disabled: true,
    });
    await admin.do('DELETE', `/api/admin/devices/${second.deviceId}`);
    const { organisationId } = gateway.seed;
    expect(await heard('device.revoked')).toEqual(
      Array.from({ length: 3 }, () => ({ organisationId, userId: user.userId, sipUsername: '1053-2' })),
    );
  });
});

describe('numbers', () => {
  it('lead to ring groups, in the order of their members', async () => {
    const users = await admin.do<{ userId: string }[]>('GET', '/api/admin/users');
    const memberIds = users
      .slice(0, 3)
      .map(({ userId }) => userId)
      .reverse();
    const group = await admin.do<{ ringGroupId: string }>('POST', '/api/admin/ring-groups', {
      name: 'Sales',
      extension: '1150',
      memberIds,
    });
    expect(group).toMatchObject({ name: 'Sales', extension: '1150', ringSeconds: 25, memberIds });
    const path = `/api/admin/ring-groups/${group.ringGroupId}`;
    expect(
      await admin.do('PUT', path, { name: 'Sales', extension: '1151', ringSeconds: 40, memberIds: [] }),
    ).toMatchObject({ extension: '1151', memberIds: [] });
    const unknown = await admin.send('PUT', path, {
      name: 'Sales',
      extension: '1151',
      memberIds: [crypto.randomUUID()],
    });
    expect([unknown.status, unknown.body['code']]).toEqual([400, 'REQUEST.INVALID']);
    expect((await admin.send('PUT', path, { name: 'Sales', extension: '*97', memberIds: [] })).status).toBe(409);
    await admin.do('DELETE', path);
    expect((await admin.send('DELETE', path)).status).toBe(404);
  });

  it('lead to IVR menus, whose keys do what was said', async () => {
    const [menu] = await admin.do<{ ivrMenuId: string; entries: { digit: string; action: { kind: string } }[] }[]>(
      'GET',
      '/api/admin/ivr-menus',
    );
    expect(menu?.entries.map(({ digit, action }) => `${digit} ${action.kind}`)).toEqual([
      '1 group',
      '2 voicemail',
      '3 dial-extension',
      '9 repeat',
    ]);
    const save = {
      name: 'Night',
      extension: '1250',
      welcomeText: 'We are closed.',
      operatorUserId: null,
      entries: [{ digit: '#', action: { kind: 'hang-up' } }],
    };
    const night = await admin.do<{ ivrMenuId: string }>('POST', '/api/admin/ivr-menus', save);
    expect(night).toMatchObject({ ...save, timeoutSeconds: 5, maxRetries: 2 });
    const twice = { ...save, entries: [...save.entries, ...save.entries] };
    expect((await admin.send('PUT', `/api/admin/ivr-menus/${night.ivrMenuId}`, twice)).body['fields']).toEqual({
      entries: 'Each key can do one thing only',
    });
    await admin.do('DELETE', `/api/admin/ivr-menus/${night.ivrMenuId}`);
  });

  it('lead to rooms, with a PIN for phones and a link for guests', async () => {
    const room = await admin.do<{ roomId: string; guestUrl: string }>('POST', '/api/admin/rooms', {
      name: 'Board',
      extension: '1350',
      pin: '4711',
    });
    expect(room).toMatchObject({ pin: '4711', lobby: true });
    const staff = await gateway.staff(0);
    expect(await staff.do<unknown[]>('GET', '/api/rooms')).toHaveLength(2);
    const guestPath = (url: string): string => `/api/guest/${url.split('/').at(-1)}`;
    expect(await gateway.client().do('GET', guestPath(room.guestUrl))).toEqual({
      roomId: room.roomId,
      roomName: 'Board',
      organisationName: 'Demo',
    });
    const { guestUrl } = await staff.do<{ guestUrl: string }>('POST', `/api/rooms/${room.roomId}/guest-link`);
    expect((await gateway.client().send('GET', guestPath(room.guestUrl))).status).toBe(404);
    expect((await gateway.client().send('GET', guestPath(guestUrl))).status).toBe(200);
    expect(
      await admin.do('PUT', `/api/admin/rooms/${room.roomId}`, { name: 'Board', extension: null, pin: null }),
    ).toMatchObject({ pin: null, extension: null });
    await admin.do('DELETE', `/api/admin/rooms/${room.roomId}`);
  });
});
