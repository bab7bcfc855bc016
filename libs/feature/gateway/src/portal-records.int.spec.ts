import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGateway, type TestClient, type TestGateway } from './test-gateway.js';

const PORT = 13_103;
let gateway: TestGateway;
let admin: TestClient;

beforeAll(async () => {
  gateway = await openTestGateway(PORT);
  admin = await gateway.admin();
});
afterAll(async () => gateway?.close());

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

  it('has an address for each call, with or without an end, for administrators of its organisation alone', async () => {
    const { calls } = await admin.do<Page>('GET', '/api/admin/calls?limit=1');
    const over = calls[0]?.callId ?? '';
    expect(await admin.do('GET', `/api/admin/calls/${over}`)).toMatchObject({
      ...{ callId: over, state: 'ended', outcome: 'missed', from: { number: '106_' } },
    });
    const goingOn = await gateway.opened.database.forOrganisation(gateway.seed.organisationId, (tx) =>
      tx.call.findFirstOrThrow({ where: { fromNumber: 'now' } }),
    );
    expect(await admin.do('GET', `/api/admin/calls/${goingOn.id}`)).toMatchObject({
      ...{ state: 'ended', endedAt: null, outcome: null },
    });

    const involved = await gateway.staff(0);
    const stranger = await gateway.client().login(gateway.other.email, gateway.other.password);
    for (const callId of [over, goingOn.id]) {
      const path = `/api/admin/calls/${callId}`;
      expect((await involved.send('GET', path)).status).toBe(403);
      const { status, body } = await stranger.send('GET', path);
      // As if it did not exist.
      expect([status, body]).toEqual([
        404,
        (await stranger.send('GET', `/api/admin/calls/${crypto.randomUUID()}`)).body,
      ]);
    }
  });

  it('tells of a call what is written while signalling is away', async () => {
    const rows = await gateway.opened.database.forOrganisation(gateway.seed.organisationId, async (tx) => ({
      over: await tx.call.findFirstOrThrow({ where: { outcome: 'missed' } }),
      goingOn: await tx.call.findFirstOrThrow({ where: { fromNumber: 'now' } }),
    }));
    const path = ({ id }: { id: string }) => `/api/admin/calls/${id}`;
    gateway.live.isAway = true;
    try {
      expect(await admin.do('GET', path(rows.over))).toMatchObject({ state: 'ended', outcome: 'missed' });
      expect(await admin.do('GET', path(rows.goingOn))).toMatchObject({ state: 'ringing', endedAt: null });
      expect((await admin.send('GET', path({ id: crypto.randomUUID() }))).status).toBe(503);
    } finally {
      gateway.live.isAway = false;
    }
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
    expect(await admin.do('GET', `/api/admin/calls/${callId}`)).toMatchObject({ callId, state: 'answered' });
    const stranger = await gateway.client().login(gateway.other.email, gateway.other.password);
    expect((await stranger.send('GET', `/api/admin/calls/${callId}`)).status).toBe(404);
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
    expect(await send(String.raw`{"email":"a\u0000","password":"x"}`)).toEqual([400, 'REQUEST.INVALID']);
    expect(await send(String.raw`{"email":"a\ud83d","password":"x"}`)).toEqual([400, 'REQUEST.INVALID']);
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

  it.each([
    ['PUT', '/api/admin/organisation', { name: 'Bell\0' }, 'name'],
    ['PUT', '/api/admin/organisation', { name: '📞'.slice(0, 1) }, 'name'],
    ['POST', '/api/admin/trunks', { name: 'Line', host: '192.0.2.1', inbound: [{ number: '\0' }] }, 'inbound.0.number'],
    ['GET', '/api/admin/calls?search=a%00', undefined, 'search'],
    ['GET', '/api/admin/calls?cursor=2026-01-01T00:00:00Z_%00', undefined, 'cursor'],
  ])('that no database keeps is refused by its field: %s %s %j', async (method, path, body, field) => {
    const { status, body: answer } = await admin.send(method, path, body);
    expect([status, answer['fields']]).toEqual([400, { [field]: expect.stringContaining('U+0000') }]);
  });

  it('that is slow, endless or no HTTP at all leaves the server answering', async () => {
    const sockets = Array.from({ length: 20 }, (_, i) => {
      const socket = connect(PORT, '127.0.0.1');
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
      const socket = connect(PORT, '127.0.0.1', () => socket.write(nowhere));
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
