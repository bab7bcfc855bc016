import { routes, type Route } from '@carillon/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGateway, type TestClient, type TestGateway } from './test-gateway.js';

let gateway: TestGateway;
let admin: TestClient;
let staff: TestClient;
let stranger: TestClient;
/** One real id of the demonstration organisation for every parameter that a route can have. */
let ids: Record<string, string>;

beforeAll(async () => {
  gateway = await openTestGateway(13_101);
  [admin, staff] = [await gateway.admin(), await gateway.staff(0)];
  stranger = await gateway.client().login(gateway.other.email, gateway.other.password);
  const { organisationId } = gateway.seed;
  ids = await gateway.opened.database.forOrganisation(organisationId, async (tx) => {
    const user = await tx.user.findFirstOrThrow({
      where: { email: gateway.seed.staff[1]?.email ?? '' },
      include: { mailbox: true, devices: true },
    });
    const message = { fromNumber: '1', durationMs: 1000, path: 'voicemail/x.wav', sizeBytes: 1, sha256: '-' };
    const voicemail = await tx.voicemailMessage.create({
      data: { organisationId, mailboxId: user.mailbox?.id ?? '', ...message },
    });
    const conversation = await tx.conversation.create({ data: { organisationId } });
    const trunk = await tx.trunk.create({ data: { organisationId, name: 'Line', host: '192.0.2.1' } });
    const call = await tx.call.create({
      data: {
        ...{ organisationId, id: crypto.randomUUID(), direction: 'internal', fromNumber: '1001', toNumber: '1002' },
        ...{ toKind: 'user', legs: [], startedAt: new Date(), endedAt: new Date(), outcome: 'answered' },
      },
    });
    const session = await tx.session.findFirstOrThrow({ where: { userId: { not: user.id } } });
    return {
      ...{ userId: user.id, deviceId: user.devices[0]?.id ?? '', sessionId: session.id },
      ...{
        ringGroupId: (await tx.ringGroup.findFirstOrThrow()).id,
        ivrMenuId: (await tx.ivrMenu.findFirstOrThrow()).id,
      },
      ...{ roomId: gateway.seed.room.roomId, voicemailMessageId: voicemail.id, conversationId: conversation.id },
      ...{ trunkId: trunk.id, callId: call.id, guestToken: gateway.seed.room.guestToken },
    };
  });
  gateway.bus.handle('conversation.history', () => ({ ok: false, code: 'MESSAGING.NOT_FOUND' }));
  for (const name of ['ladder.read', 'ladder.send-hep'] as const)
    gateway.bus.handle(name, () => ({ ok: false, code: 'LADDER.NOT_FOUND' }));
  for (const name of ['voicemail.mark-heard', 'voicemail.delete'] as const)
    gateway.bus.handle(name, () => ({ ok: false, code: 'VOICEMAIL.NOT_FOUND' }));
});
afterAll(async () => gateway?.close());

const all: [name: string, route: Route][] = Object.entries(routes);
const fill = (path: string): string =>
  path.replace(/:(\w+)/g, (_whole, name: string) => ids[name] ?? `missing-${name}`);
/** Fits every body schema far enough to get past the access checks, which come before it. */
const bodyOf = (route: Route): object | undefined =>
  route.method === 'GET' || route.method === 'DELETE' ? undefined : {};

describe('every route of the server', () => {
  it('is one of the contracts, or one of the few others that say who may use them', () => {
    const served = gateway.application
      .getHttpAdapter()
      .getInstance()
      .printRoutes({ commonPrefix: false, includeHooks: false });
    const paths = [...new Set(all.map(([, { path }]) => path))];
    // The tree is printed one node per line with its methods: HEAD goes along with GET.
    const leaves = served.split('\n').filter((line) => /\((?!OPTIONS)[A-Z, ]+\)/.test(line));
    const methods = leaves.flatMap((line) =>
      (/\(([A-Z, ]+)\)/.exec(line)?.[1] ?? '').split(', ').filter((method) => method !== 'HEAD'),
    );
    expect(paths.length).toBeGreaterThan(30);
    // /health, /metrics and the web app.
    expect(methods.filter((method) => method === 'GET')).toHaveLength(
      all.filter(([, route]) => route.method === 'GET').length + 3,
    );
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      expect([method, methods.filter((one) => one === method).length]).toEqual([
        method,
        all.filter(([, route]) => route.method === method).length,
      ]);
  });

  it('that does not say who may use it is refused', async () => {
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      const { status, body } = await gateway.client().send(method, '/api/nothing-of-ours');
      expect([method, status, body['code']]).toEqual([method, 404, 'REQUEST.NOT_FOUND']);
    }
  });
});

describe('without a session', () => {
  it.each(all.filter(([, { access }]) => access !== 'public'))('%s answers 401', async (_name, route) => {
    const { status, body } = await gateway.client().send(route.method, fill(route.path), bodyOf(route));
    expect([status, body['code']]).toEqual([401, 'IDENTITY.NO_SESSION']);
  });

  it.each(all.filter(([, { access }]) => access !== 'public'))(
    '%s answers 401 to a session of fancy',
    async (_name, route) => {
      const forged = gateway.client();
      forged.cookie = `carillon_session=${'A'.repeat(43)}`;
      expect((await forged.send(route.method, fill(route.path), bodyOf(route))).status).toBe(401);
    },
  );
});

describe('as staff', () => {
  it.each(all.filter(([, { access }]) => access === 'admin' || access === 'operator'))(
    '%s answers 403',
    async (_name, route) => {
      const { status, body } = await staff.send(route.method, fill(route.path), bodyOf(route));
      expect([status, body['code']]).toEqual([403, 'IDENTITY.FORBIDDEN']);
    },
  );
});

describe('as an admin who is no operator', () => {
  it.each(all.filter(([, { access }]) => access === 'operator'))('%s answers 403', async (_name, route) => {
    const { status, body } = await stranger.send(route.method, fill(route.path), bodyOf(route));
    expect([status, body['code']]).toEqual([403, 'IDENTITY.FORBIDDEN']);
  });
});

describe("from another site, or without the session's token", () => {
  it.each(all.filter(([, { method, access }]) => method !== 'GET' && access !== 'public'))(
    '%s answers 403',
    async (_name, route) => {
      const foreign = await admin.send(route.method, fill(route.path), bodyOf(route), {
        origin: 'http://evil.example',
      });
      expect([foreign.status, foreign.body['code']]).toEqual([403, 'IDENTITY.CROSS_SITE']);
      const bare = await admin.send(route.method, fill(route.path), bodyOf(route), { 'x-carillon-csrf': 'x' });
      expect([bare.status, bare.body['code']]).toEqual([403, 'IDENTITY.CROSS_SITE']);
    },
  );
});

describe('from another organisation', () => {
  const named = all.filter(
    ([, { path, access }]) => path.includes(':') && access !== 'public' && access !== 'operator',
  );
  const bodies: Record<string, object> = {
    updateUser: { displayName: 'Taken over' },
    addDevice: { name: 'Planted' },
    updateDevice: { name: 'Taken over' },
    updateRingGroup: { name: 'x', extension: '1100', memberIds: [] },
    updateIvrMenu: { name: 'x', extension: '1200', welcomeText: 'x', operatorUserId: null, entries: [] },
    updateRoom: { name: 'x', extension: null, pin: null },
    updateTrunk: { name: 'x', host: '192.0.2.9' },
    markVoicemail: { heard: true },
  };

  it.each(named)('%s answers 404', async (name, route) => {
    const { status, text } = await stranger.send(route.method, fill(route.path), bodies[name] ?? bodyOf(route));
    expect([status, text]).toEqual([404, expect.stringContaining('NOT_FOUND')]);
  });

  it.each(named)('%s answers 404 to what is no id', async (name, route) => {
    const { status } = await stranger.send(
      route.method,
      route.path.replace(/:\w+/g, 'not-a-uuid'),
      bodies[name] ?? bodyOf(route),
    );
    expect(status).toBe(404);
  });

  it('lists hold nothing', async () => {
    for (const path of [
      '/api/admin/registrations',
      '/api/admin/calls/live',
      '/api/admin/ring-groups',
      '/api/admin/ivr-menus',
      '/api/admin/rooms',
      '/api/admin/trunks',
      '/api/admin/refused-invites',
      '/api/voicemail',
    ])
      expect([path, await stranger.do('GET', path)]).toEqual([path, []]);
    expect(await stranger.do('GET', '/api/admin/calls')).toEqual({ calls: [], nextCursor: null });
    expect(await stranger.do<unknown[]>('GET', '/api/admin/users')).toHaveLength(1);
    const { entries } = await stranger.do<{ entries: { actorName: string }[] }>('GET', '/api/admin/audit');
    expect(entries.map(({ actorName }) => actorName)).toEqual(['Other admin']);
  });

  it('and nothing was changed by any of it', async () => {
    const user = await admin.do<{ displayName: string; devices: unknown[] }>(
      'GET',
      `/api/admin/users/${ids['userId']}`,
    );
    expect([user.displayName, user.devices.length]).toEqual(['Bob Baker', 1]);
    expect(await admin.do<unknown[]>('GET', '/api/admin/rooms')).toHaveLength(1);
  });
});
