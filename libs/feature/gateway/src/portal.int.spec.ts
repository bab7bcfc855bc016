import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
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

describe('the call history', () => {
  beforeAll(async () => {
    const { organisationId, staff } = gateway.seed;
    await gateway.opened.database.forOrganisation(organisationId, async (tx) => {
      const alice = await tx.user.findUniqueOrThrow({ where: { email: staff[0]?.email ?? '' } });
      const base = { organisationId, direction: 'internal', toKind: 'user', toNumber: '1002', legs: [] };
      // Three calls at the very same time: paging may lose none.
      for (let i = 0; i < 7; i++) {
        const startedAt = new Date(Date.UTC(2026, 0, 1 + (i < 3 ? 0 : i), 12));
        const mine = i % 2 === 0 ? [alice.id] : [];
        await tx.call.create({
          data: {
            ...{
              ...base,
              id: crypto.randomUUID(),
              fromNumber: `10${i}_`,
              fromName: i === 5 ? 'Zoë' : null,
              startedAt,
              involvedUserIds: mine,
            },
            ...{
              answeredAt: startedAt,
              endedAt: new Date(startedAt.getTime() + 90_000),
              outcome: i === 6 ? 'missed' : 'answered',
            },
          },
        });
      }
      await tx.call.create({
        data: {
          ...base,
          id: crypto.randomUUID(),
          fromNumber: 'now',
          startedAt: new Date(),
          involvedUserIds: [alice.id],
        },
      });
    });
  });
  type Page = {
    calls: { callId: string; from: { number: string }; durationSeconds: number }[];
    nextCursor: string | null;
  };
  const numbers = ({ calls }: Page): string[] => calls.map(({ from }) => from.number);

  it('is read page by page, newest first, without what still goes on', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 9; pages++) {
      const page: Page = await admin.do<Page>(
        'GET',
        `/api/admin/calls?limit=2${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      seen.push(...page.calls.map(({ callId }) => callId));
      expect(page.calls.every(({ durationSeconds }) => durationSeconds === 90)).toBe(true);
      cursor = page.nextCursor;
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
  });

  it('can be searched', async () => {
    const find = async (query: string): Promise<string[]> =>
      numbers(await admin.do<Page>('GET', `/api/admin/calls?${query}`));
    expect(await find('outcome=missed')).toEqual(['106_']);
    expect(await find('search=zo%C3%AB')).toEqual(['105_']);
    expect(await find('search=%25')).toEqual([]);
    expect(await find('search=5_')).toEqual(['105_']);
    expect(await find('from=2026-01-05&to=2026-01-06')).toEqual(['105_', '104_']);
    for (const query of ['cursor=x', 'limit=0', 'limit=1e9', 'outcome=lost', 'from=yesterday'])
      expect([query, (await admin.send('GET', `/api/admin/calls?${query}`)).status]).toEqual([query, 400]);
  });

  it('shows staff their own', async () => {
    const staff = await gateway.staff(0);
    expect(numbers(await staff.do<Page>('GET', '/api/calls')).sort()).toEqual(['100_', '102_', '104_', '106_']);
    expect(numbers(await (await gateway.staff(1)).do<Page>('GET', '/api/calls'))).toEqual([]);
  });
});

describe('calls in progress', () => {
  it('are listed and can be ended, and the audit says by whom', async () => {
    const { organisationId } = gateway.seed;
    const party = { number: '1001', name: null, userId: null };
    const callId = crypto.randomUUID();
    gateway.live.calls = [
      {
        ...{
          callId,
          organisationId,
          direction: 'internal',
          from: party,
          to: { ...party, number: '1002', kind: 'user' },
          state: 'answered',
        },
        ...{
          startedAt: new Date().toISOString(),
          answeredAt: null,
          endedAt: null,
          revision: 1,
          legs: [],
          outcome: null,
          endReason: null,
          sipStatus: null,
        },
      } as unknown as TestGateway['live']['calls'][number],
    ];
    expect(await admin.do<{ callId: string }[]>('GET', '/api/admin/calls/live')).toMatchObject([{ callId }]);
    expect(await (await gateway.staff(0)).do('GET', '/api/calls/live')).toEqual([]);
    expect(await admin.do('GET', '/api/admin/overview')).toMatchObject({
      callsNow: 1,
      registeredDevices: 0,
      sip: { domain: 'demo.example' },
    });
    await admin.do('DELETE', `/api/admin/calls/live/${callId}`);
    expect(gateway.live.hungUp).toEqual([callId]);
    expect((await admin.send('DELETE', `/api/admin/calls/live/${crypto.randomUUID()}`)).status).toBe(404);
    const { entries } = await admin.do<{ entries: { action: string; target: string }[] }>(
      'GET',
      '/api/admin/audit?limit=1',
    );
    expect(entries[0]).toMatchObject({ action: 'call.ended', target: '1001 to 1002' });
  });
});

describe('voicemail', () => {
  it('is listed and played in parts, to its owner alone', async () => {
    const { organisationId, staff } = gateway.seed;
    mkdirSync(join(gateway.opened.dataDir, 'voicemail'), { recursive: true });
    writeFileSync(join(gateway.opened.dataDir, 'voicemail', 'a.wav'), 'RIFF0123456789');
    const message = await gateway.opened.database.forOrganisation(organisationId, async (tx) => {
      const mailbox = await tx.mailbox.findFirstOrThrow({ where: { user: { email: staff[0]?.email ?? '' } } });
      return tx.voicemailMessage.create({
        data: {
          organisationId,
          mailboxId: mailbox.id,
          fromNumber: '1002',
          durationMs: 4250,
          path: 'voicemail/a.wav',
          sizeBytes: 14,
          sha256: '-',
        },
      });
    });
    const [owner, colleague] = [await gateway.staff(0), await gateway.staff(1)];
    expect(await owner.do('GET', '/api/voicemail')).toMatchObject([
      { voicemailMessageId: message.id, durationSeconds: 4.3, heard: false },
    ]);
    expect(await owner.do('GET', '/api/me')).toMatchObject({ voicemail: { newCount: 1, oldCount: 0 } });
    const path = `/api/voicemail/${message.id}/audio`;
    const whole = await owner.send('GET', path);
    expect([whole.status, whole.text, whole.headers.get('content-type'), whole.headers.get('cache-control')]).toEqual([
      200,
      'RIFF0123456789',
      'audio/wav',
      'no-store',
    ]);
    const part = await owner.send('GET', path, undefined, { range: 'bytes=4-6' });
    expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, '012', 'bytes 4-6/14']);
    expect((await owner.send('GET', path, undefined, { range: 'bytes=99-' })).status).toBe(416);
    expect((await colleague.send('GET', path)).status).toBe(404);
    expect((await gateway.client().send('GET', path)).status).toBe(401);
  });
});

describe('bad input', () => {
  it('is answered in the one form, with the right status', async () => {
    const send = async (body: string, type = 'application/json'): Promise<[number, unknown]> => {
      const { status, body: answer } = await gateway
        .client()
        .send('POST', '/api/session', body, { 'content-type': type });
      return [status, answer['code']];
    };
    expect(await send('{"email":')).toEqual([400, 'REQUEST.MALFORMED']);
    expect(await send('')).toEqual([400, 'REQUEST.INVALID']);
    expect(await send('[]')).toEqual([400, 'REQUEST.INVALID']);
    expect(await send('{"__proto__":{"email":"a"},"email":1}')).toEqual([400, 'REQUEST.INVALID']);
    expect(await send('a=b', 'application/x-www-form-urlencoded')).toEqual([415, 'REQUEST.UNSUPPORTED']);
    expect(await send(JSON.stringify({ email: 'x'.repeat(300_000) }))).toEqual([413, 'REQUEST.TOO_LARGE']);
    for (const path of [
      '/api/%ff',
      '/api/nowhere',
      '/api/admin/users/%00',
      `/api/guest/${'x'.repeat(200)}`,
      '/..%2f..%2fetc/passwd',
      '/assets/../../package.json',
      '/.inputs',
    ]) {
      const { status, text } = await admin.send('GET', path);
      expect([path, status >= 400 && status < 500, text.includes('workspaces')]).toEqual([path, true, false]);
    }
  });

  it('that is slow, endless or no HTTP at all leaves the server answering', async () => {
    const sockets = Array.from({ length: 20 }, (_, i) => {
      const socket = connect(13_102, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(
        ['\0\0\0garbage\r\n\r\n', 'GET / HTTP/1.1\r\nX: '.padEnd(100_000, 'y'), 'POST /api/session HTTP/1.1\r\n'][
          i % 3
        ] ?? '',
      );
      return socket;
    });
    const nowhere = 'GET /nowhere HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
    const answer = await new Promise<string>((settle) => {
      const socket = connect(13_102, '127.0.0.1', () => socket.write(nowhere));
      socket.on('data', (data) => settle(data.toString()));
    });
    expect(answer).toContain('404');
    expect((await admin.send('GET', '/api/me')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });

  it('in a guessing row is slowed', async () => {
    const guess = (): ReturnType<TestClient['send']> =>
      gateway.client().send('POST', '/api/session', { email: gateway.seed.staff[5]?.email, password: 'wrong' });
    expect((await guess()).body).toEqual(
      (await gateway.client().send('POST', '/api/session', { email: 'no@one.example', password: 'wrong' })).body,
    );
    let last = await guess();
    for (let i = 0; i < 10 && last.status !== 429; i++) last = await guess();
    expect([last.status, last.body['code'], Number(last.headers.get('retry-after')) > 0]).toEqual([
      429,
      'IDENTITY.SLOWED',
      true,
    ]);
  });
});

describe('operations', () => {
  it('show health part by part, and figures', async () => {
    const health = await gateway.client().send('GET', '/health');
    expect([health.status, health.body]).toMatchObject([
      200,
      { ok: true, parts: { database: { ok: true }, disk: { ok: true } } },
    ]);
    const { text } = await gateway.client().send('GET', '/metrics');
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).toMatch(
      /carillon_http_request_duration_seconds_count\{method="GET",route="\/health",status="200"\} 1/,
    );
  });

  it('answer with headers that keep foreign code out', async () => {
    const { headers } = await gateway.client().send('GET', '/health');
    expect(headers.get('content-security-policy')).toContain("default-src 'self';script-src 'self' 'wasm-unsafe-eval'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
  });
});
