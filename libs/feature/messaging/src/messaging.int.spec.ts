import { randomUUID } from 'node:crypto';
import type { EventName, EventPayload, Registration, RoomSnapshot } from '@carillon/contracts';
import { openTestDatabase, type TestDatabase } from '@carillon/database/testing';
import { createMemoryBus, type Bus } from '@carillon/event-bus';
import { ManualClock, Shutdown, silentLogger } from '@carillon/service-runtime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MessagingModule } from './messaging.module.js';
import { RECONCILE_MS } from './presence/presence-keeper.js';

let database: TestDatabase;
let bus: Bus;
let clock: ManualClock;
let shutdown: Shutdown;
let organisationId: string;
let users: string[];
let strangers: string[];
let liveCalls: EventPayload<'call.started'>['call'][] = [];
let liveRooms: RoomSnapshot[] = [];
let registrations: Registration[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

async function addOrganisation(userCount: number): Promise<{ id: string; userIds: string[] }> {
  const name = randomUUID();
  return database.database.asSystem('test data', async (tx) => {
    const { id } = await tx.organisation.create({ data: { slug: name, name, sipDomain: `${name}.test` } });
    const userIds: string[] = [];
    for (let i = 0; i < userCount; i++) {
      const data = { organisationId: id, email: `${i}@${name}.test`, displayName: `User ${i}`, passwordHash: '-' };
      userIds.push((await tx.user.create({ data })).id);
    }
    return { id, userIds };
  });
}

beforeEach(async () => {
  const own = await addOrganisation(3);
  organisationId = own.id;
  users = own.userIds;
  strangers = (await addOrganisation(1)).userIds;
  bus = createMemoryBus();
  clock = new ManualClock(1_700_000_000_000);
  shutdown = new Shutdown(silentLogger());
  liveCalls = [];
  liveRooms = [];
  registrations = [];
  // Signalling's side of the seam: what it would answer about registrations and calls.
  bus.handle('registration.list', () => ({ ok: true, registrations }));
  bus.handle('call.list', () => ({ ok: true, calls: liveCalls }));
  bus.handle('room.list-live', () => ({ ok: true, rooms: liveRooms }));
  new MessagingModule(bus, database.database, clock, silentLogger(), shutdown).onModuleInit();
});
afterEach(async () => {
  await shutdown.run('end of test');
  await bus.close();
});

function heard<Name extends EventName>(name: Name): EventPayload<Name>[] {
  const list: EventPayload<Name>[] = [];
  bus.subscribe(name, (payload) => void list.push(payload));
  return list;
}

const user = (index: number): string => users[index] ?? '';

async function open(by: number, ...others: number[]): Promise<string> {
  const opened = await bus.call('conversation.open', { organisationId, userId: user(by), memberIds: others.map(user) });
  if (!opened.ok) throw new Error(opened.code);
  return opened.conversation.conversationId;
}

async function send(by: number, conversationId: string, body: string, clientToken = randomUUID()): Promise<number> {
  const sent = await bus.call('chat-message.send', {
    organisationId,
    userId: user(by),
    conversationId,
    body,
    clientToken,
  });
  if (!sent.ok) throw new Error(sent.code);
  return sent.message.sequence;
}

describe('a conversation', () => {
  it('of two is one, whoever opens it, even at the same moment', async () => {
    const ids = await Promise.all([open(0, 1), open(1, 0), open(0, 1), open(1, 0)]);
    expect(new Set(ids).size).toBe(1);
    expect(await open(0, 1, 2)).not.toBe(await open(0, 1, 2));
  });

  it('takes nobody of another organisation, and not oneself alone', async () => {
    const other = await bus.call('conversation.open', { organisationId, userId: user(0), memberIds: strangers });
    expect(other).toMatchObject({ ok: false, code: 'MESSAGING.UNKNOWN_MEMBER' });
    const alone = await bus.call('conversation.open', { organisationId, userId: user(0), memberIds: [user(0)] });
    expect(alone).toMatchObject({ ok: false, code: 'MESSAGING.NO_ONE_ELSE' });
  });

  it('keeps what a deleted author wrote, and counts on without gaps', async () => {
    const conversationId = await open(0, 1, 2);
    await send(1, conversationId, 'first');
    await send(2, conversationId, 'second');
    const unread = async () => {
      const listed = await bus.call('conversation.list', { organisationId, userId: user(0) });
      return listed.ok && listed.conversations.map((one) => one.unread);
    };
    expect(await unread()).toEqual([2]);
    await database.database.forOrganisation(organisationId, (tx) => tx.user.delete({ where: { id: user(2) } }));
    expect(await unread()).toEqual([2]);
    await send(1, conversationId, 'third');
    const history = await bus.call('conversation.history', { organisationId, userId: user(0), conversationId });
    expect(history.ok && history.messages.map((one) => [one.sequence, one.authorId, one.body])).toEqual([
      [1, user(1), 'first'],
      [2, null, 'second'],
      [3, user(1), 'third'],
    ]);
    await bus.call('conversation.mark-read', { organisationId, userId: user(0), conversationId, sequence: 3 });
    expect(await unread()).toEqual([0]);
  });

  it('keeps messages of two deleted authors apart, even with one token', async () => {
    const conversationId = await open(0, 1, 2);
    const token = randomUUID();
    await send(1, conversationId, 'mine', token);
    await send(2, conversationId, 'mine too', token);
    await database.database.forOrganisation(organisationId, (tx) =>
      tx.user.deleteMany({ where: { id: { in: [user(1), user(2)] } } }),
    );
    const listed = await bus.call('conversation.list', { organisationId, userId: user(0) });
    expect(listed.ok && listed.conversations).toMatchObject([
      { memberIds: [user(0)], lastMessage: { sequence: 2, authorId: null, body: 'mine too' }, unread: 2 },
    ]);
  });

  it('does not exist for who is no member', async () => {
    const conversationId = await open(0, 1);
    const asker = { organisationId, userId: user(2), conversationId };
    for (const answer of [
      await bus.call('conversation.history', asker),
      await bus.call('chat-message.send', { ...asker, body: 'x', clientToken: randomUUID() }),
      await bus.call('conversation.mark-read', { ...asker, sequence: 1 }),
      await bus.call('conversation.typing', asker),
    ])
      expect(answer).toMatchObject({ ok: false, code: 'MESSAGING.NOT_FOUND' });
  });
});

describe('chat messages', () => {
  it('count up without gaps when many are sent at once, and pages go back through them', async () => {
    const conversationId = await open(0, 1);
    const sequences = await Promise.all(Array.from({ length: 20 }, (_, i) => send(i % 2, conversationId, `word ${i}`)));
    expect(sequences.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    const asker = { organisationId, userId: user(0), conversationId };
    const newest = await bus.call('conversation.history', { ...asker, limit: 15 });
    if (!newest.ok) throw new Error(newest.code);
    expect(newest.messages.map((message) => message.sequence)).toEqual(Array.from({ length: 15 }, (_, i) => i + 6));
    expect(newest.more).toBe(true);
    const older = await bus.call('conversation.history', { ...asker, before: 6, limit: 15 });
    expect(older).toMatchObject({ ok: true, more: false, messages: { length: 5 } });
  });

  it('sent twice with one token are one, told once', async () => {
    const conversationId = await open(0, 1);
    const told = heard('chat-message.sent');
    const token = randomUUID();
    const sequences = await Promise.all(Array.from({ length: 5 }, () => send(0, conversationId, 'once', token)));
    expect(new Set(sequences)).toEqual(new Set([1]));
    expect(await send(1, conversationId, 'next')).toBe(2);
    await bus.settled();
    expect(told.map(({ message }) => message.body)).toEqual(['once', 'next']);
    expect(told[0]?.memberIds.toSorted()).toEqual([user(0), user(1)].toSorted());
  });

  it('are unread until they are read, and reading never goes back', async () => {
    const conversationId = await open(0, 1);
    for (const body of ['one', 'two', 'three']) await send(0, conversationId, body);
    const unread = async (by: number): Promise<number | undefined> => {
      const listed = await bus.call('conversation.list', { organisationId, userId: user(by) });
      return listed.ok ? listed.conversations[0]?.unread : undefined;
    };
    expect([await unread(0), await unread(1)]).toEqual([0, 3]);
    const told = heard('conversation.read');
    const reader = { organisationId, userId: user(1), conversationId };
    await bus.call('conversation.mark-read', { ...reader, sequence: 2 });
    await bus.call('conversation.mark-read', { ...reader, sequence: 1 });
    expect(await unread(1)).toBe(1);
    await bus.call('conversation.mark-read', { ...reader, sequence: 999 });
    expect(await unread(1)).toBe(0);
    await bus.settled();
    expect(told.map(({ sequence }) => sequence)).toEqual([2, 3]);
  });

  it('typing is told once in two seconds', async () => {
    const conversationId = await open(0, 1);
    const told = heard('conversation.typed');
    const typist = { organisationId, userId: user(0), conversationId };
    await bus.call('conversation.typing', typist);
    await bus.call('conversation.typing', typist);
    clock.advance(2_000);
    await bus.call('conversation.typing', typist);
    await bus.settled();
    expect(told).toHaveLength(2);
  });
});

describe('presence', () => {
  const stateOf = async (index: number): Promise<string | undefined> => {
    await bus.settled();
    const listed = await bus.call('presence.list', { organisationId });
    return listed.ok ? listed.presences.find((one) => one.userId === user(index))?.state : undefined;
  };
  const report = (activity: 'active' | 'idle' | 'gone'): Promise<unknown> =>
    bus.call('presence.report', { organisationId, userId: user(0), connectionId: 'tab', activity });

  function call(state: 'ringing' | 'answered' | 'ended'): EventPayload<'call.started'>['call'] {
    const leg = { number: '1001', deviceId: null, reason: null, sipStatus: null };
    const party = { number: '1001', name: null };
    return {
      callId: '6f6c4f5c-7f43-4a3c-9a7e-3d3c2f1f0001',
      organisationId,
      direction: 'internal',
      from: { ...party, userId: user(0) },
      to: { ...party, userId: user(1), kind: 'user' },
      state,
      startedAt: new Date().toISOString(),
      answeredAt: null,
      endedAt: null,
      revision: 1,
      legs: [
        { ...leg, legId: randomUUID(), role: 'caller', userId: user(0), state: 'answered' },
        {
          ...leg,
          legId: randomUUID(),
          role: 'callee',
          userId: user(1),
          state: state === 'answered' ? 'answered' : 'ringing',
        },
      ],
      outcome: null,
      endReason: null,
      sipStatus: null,
    } as unknown as EventPayload<'call.started'>['call'];
  }

  it('follows the browser, and forgets one that fell silent', async () => {
    expect(await stateOf(0)).toBe('offline');
    await report('active');
    expect(await stateOf(0)).toBe('available');
    await report('idle');
    expect(await stateOf(0)).toBe('away');
    clock.advance(100_000);
    await new Promise((settle) => setTimeout(settle, 100));
    expect(await stateOf(0)).toBe('offline');
  });

  it('is "in a call" for who talks, not for who rings, until the call ends', async () => {
    await report('active');
    const told = heard('presence.changed');
    bus.publish('call.updated', { call: call('ringing') });
    expect(await stateOf(0)).toBe('available');
    liveCalls = [call('answered')];
    bus.publish('call.answered', { call: call('answered') });
    expect([await stateOf(0), await stateOf(1), await stateOf(2)]).toEqual(['in-a-call', 'in-a-call', 'offline']);
    bus.publish('call.ended', { call: call('ended') });
    expect([await stateOf(0), await stateOf(1)]).toEqual(['available', 'offline']);
    expect(told.map(({ presence }) => presence.state)).toEqual(['in-a-call', 'in-a-call', 'available', 'offline']);
  });

  it('does not stick when the end of a call was never told', async () => {
    await report('active');
    liveCalls = [call('answered')];
    bus.publish('call.answered', { call: call('answered') });
    expect(await stateOf(0)).toBe('in-a-call');
    liveCalls = [];
    clock.advance(RECONCILE_MS);
    await new Promise((settle) => setTimeout(settle, 100));
    expect(await stateOf(0)).toBe('available');
  });

  it('takes no word of a call that is older than what was heard', async () => {
    bus.publish('call.answered', { call: { ...call('answered'), revision: 3 } });
    expect(await stateOf(0)).toBe('in-a-call');
    bus.publish('call.ended', { call: { ...call('ended'), revision: 4 } });
    bus.publish('call.updated', { call: { ...call('answered'), revision: 2 } });
    expect(await stateOf(0)).toBe('offline');
    liveCalls = [{ ...call('answered'), revision: 3 }];
    clock.advance(RECONCILE_MS);
    await new Promise((settle) => setTimeout(settle, 100));
    expect(await stateOf(0)).toBe('offline');
  });

  it('counts a registered phone, also one whose registration was never told, and forgets one that is gone', async () => {
    const at = new Date().toISOString();
    const names = { sipUsername: '1001', deviceName: 'Desk', source: '127.0.0.1:5060', userAgent: null };
    const registration = {
      ...{ organisationId, userId: user(0), deviceId: randomUUID(), contact: 'sip:1001@127.0.0.1', protocol: 'udp' },
      ...{ ...names, registeredAt: at, expiresAt: at },
    } as unknown as Registration;
    registrations = [registration];
    expect(await stateOf(0)).toBe('available');
    registrations = [];
    bus.publish('registration.removed', { registration, reason: 'expired' });
    expect(await stateOf(0)).toBe('offline');
    bus.publish('registration.added', { registration });
    expect(await stateOf(0)).toBe('available');
    clock.advance(RECONCILE_MS);
    await new Promise((settle) => setTimeout(settle, 100));
    expect(await stateOf(0)).toBe('offline');
  });

  it('knows who is in a meeting, also from before it was there itself', async () => {
    const roomId = randomUUID();
    const participant = {
      ...{ participantId: randomUUID(), name: 'User 0', endpoint: 'browser', identity: 'user', userId: user(0) },
      ...{ number: null, role: 'host', state: 'entered', muted: false, mutedByHost: false, handRaised: false },
      joinedAt: new Date().toISOString(),
    };
    const room = { roomId, organisationId, name: 'R', extension: null, startedAt: null, lobby: false, producers: [] };
    liveRooms = [{ ...room, participants: [participant] } as unknown as RoomSnapshot];
    expect(await stateOf(0)).toBe('in-a-call');
    liveRooms = [];
    const { participantId } = participant;
    bus.publish('room.participant-left', { organisationId, roomId, participantId, reason: 'left' });
    expect(await stateOf(0)).toBe('offline');
  });

  it('works while signalling and conferencing are away', async () => {
    await shutdown.run('restart');
    bus = createMemoryBus();
    shutdown = new Shutdown(silentLogger());
    new MessagingModule(bus, database.database, clock, silentLogger(), shutdown).onModuleInit();
    await report('active');
    expect(await stateOf(0)).toBe('available');
  });

  it('"away" by choice lasts until it is taken back', async () => {
    await report('active');
    await bus.call('presence.set', { organisationId, userId: user(0), choice: 'away' });
    expect(await stateOf(0)).toBe('away');
    await bus.call('presence.set', { organisationId, userId: user(0), choice: 'automatic' });
    expect(await stateOf(0)).toBe('available');
  });
});
