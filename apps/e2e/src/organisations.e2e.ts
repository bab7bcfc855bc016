import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Baresip } from './harness/baresip.js';
import { adminOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { Mailbox } from './harness/mailbox.js';
import { Phones } from './harness/phones.js';
import type { Portal } from './harness/portal.js';
import { Realtime } from './harness/realtime.js';
import { addOrganisation } from './harness/second-organisation.js';
import { sleep, until } from './harness/wait.js';

interface Created {
  readonly user: { readonly userId: string };
  readonly credentials: { readonly sipUsername: string; readonly sipPassword: string; readonly domain: string };
}

let carillon: Carillon;
let here: Portal;
let there: Portal;
const phones = new Phones(() => carillon);
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  carillon = await Carillon.start();
  here = await adminOf(carillon);
  there = await addOrganisation(carillon);
});
afterEach(async () => {
  await phones.stopAll();
  for (const close of closing.splice(0).toReversed()) await close();
});
afterAll(() => carillon?.remove());

async function realtimeOf(portal: Portal): Promise<Realtime> {
  const realtime = await Realtime.connect(carillon, portal);
  closing.push(() => realtime.close());
  return realtime;
}

const history = async (portal: Portal): Promise<unknown[]> =>
  (await portal.do<{ calls: unknown[] }>('GET', '/api/admin/calls')).calls;
const idsOf = (rows: readonly Record<string, unknown>[], key: string): string[] => rows.map((row) => String(row[key]));

describe('the admin of another organisation', () => {
  it('sees none of its users, groups, menus, rooms, history or records, and reaches none by their ids', async () => {
    const lists = [
      ['/api/admin/users', 'userId', 'PATCH'],
      ['/api/admin/ring-groups', 'ringGroupId', 'DELETE'],
      ['/api/admin/ivr-menus', 'ivrMenuId', 'DELETE'],
      ['/api/admin/rooms', 'roomId', 'DELETE'],
    ] as const;
    for (const [path, key, method] of lists) {
      const ids = idsOf(await here.do('GET', path), key);
      expect(ids.length, path).toBeGreaterThan(0);
      const seen = await there.do<Record<string, unknown>[]>('GET', path);
      for (const id of ids) expect(JSON.stringify(seen), path).not.toContain(id);
      const answer = await there.send(method, `${path}/${ids[0]}`, method === 'PATCH' ? { disabled: true } : undefined);
      expect(answer.status, `${method} ${path}`).toBe(404);
      expect(idsOf(await here.do('GET', path), key)).toEqual(ids);
    }
    const [room] = await here.do<{ roomId: string }[]>('GET', '/api/admin/rooms');
    expect((await there.send('GET', `/api/rooms/${room?.roomId}`)).status).toBe(404);
    for (const path of ['/api/contacts', '/api/presence', '/api/rooms', '/api/admin/audit'])
      expect(JSON.stringify(await there.do('GET', path)), path).not.toContain('Alice Archer');
  });

  it('sees no call, registration, voicemail or event of it, while its own admin does', async () => {
    const own = await realtimeOf(here);
    const foreign = await realtimeOf(there);
    const { userId } = await there.do<{ userId: string }>('GET', '/api/me');
    const mailbox = await Mailbox.openEmpty(carillon, '1003');
    const callsBefore = (await history(here)).length;
    const alice = await phones.start('1001', { tone: 440 });
    const bob = await phones.start('1002', { tone: 700 });
    alice.dial('1002');
    await bob.seen('CALL_ESTABLISHED');
    await alice.seen('CALL_ESTABLISHED');
    const [call] = await here.do<{ callId: string }[]>('GET', '/api/admin/calls/live');
    expect(await here.do('GET', '/api/admin/registrations')).toHaveLength(2);
    for (const path of ['/api/admin/calls/live', '/api/admin/registrations', '/api/calls/live'])
      expect(await there.do('GET', path), path).toEqual([]);
    expect((await there.send('DELETE', `/api/admin/calls/live/${call?.callId}`)).status).toBe(404);
    expect((await foreign.request('call.hang-up', { callId: call?.callId })).ok).toBe(false);
    expect(await there.do('GET', '/api/admin/overview')).toMatchObject({ users: 1, callsNow: 0, registeredDevices: 0 });
    await sleep(500);
    expect(bob.count('CALL_CLOSED')).toBe(0);
    alice.hangUp();
    await bob.seen('CALL_CLOSED');
    await alice.seen('CALL_CLOSED');

    alice.dial('1003');
    await alice.seen('CALL_ESTABLISHED', { count: 2 });
    await alice.hearsBeep();
    await sleep(3000);
    alice.hangUp();
    const message = await mailbox.newest();
    await until('both calls in the history', async () => (await history(here)).length === callsBefore + 2);
    expect(await history(there)).toEqual([]);
    expect(await there.do('GET', '/api/voicemail')).toEqual([]);
    const audio = await there.send('GET', `/api/voicemail/${message.voicemailMessageId}/audio`);
    expect(audio.status).toBe(404);
    await until('every kind of event', () =>
      ['registration.added', 'call.changed', 'presence.changed'].every((name) => own.names().includes(name)),
    );
    const told = foreign.events.filter(({ payload }) => !JSON.stringify(payload).includes(userId));
    expect(told).toEqual([]);
  });

  it('has numbers of its own: its phones neither reach nor are reached by the same numbers here', async () => {
    const created = await there.do<Created>('POST', '/api/admin/users', {
      email: 'someone@elsewhere.example',
      displayName: 'Someone Elsewhere',
      extension: '1001',
    });
    closing.push(() => there.do('DELETE', `/api/admin/users/${created.user.userId}`));
    const stranger = await Baresip.start({
      user: created.credentials.sipUsername,
      password: created.credentials.sipPassword,
      domain: created.credentials.domain,
      serverPort: carillon.demo.sip.udpPort,
      tone: 900,
    });
    closing.push(() => stranger.stop());
    const alice = await phones.start('1001', { tone: 440 });
    const bob = await phones.start('1002', { tone: 700 });
    stranger.dial('1002');
    expect((await stranger.seen('CALL_CLOSED')).param).toContain('404');
    bob.dial('1001');
    await alice.seen('CALL_ESTABLISHED');
    expect(stranger.count('CALL_INCOMING')).toBe(0);
    const registered = await here.do<{ userId: string }[]>('GET', '/api/admin/registrations');
    expect(registered.map(({ userId }) => userId)).not.toContain(created.user.userId);
    bob.hangUp();
  });
});
