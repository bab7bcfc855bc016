import type { LiveCall, Participant, RealtimeRequestName, RoomSnapshot } from '@carillon/contracts';
import { CallId, LegId, newId, OrganisationId, ParticipantId, RoomId, UserId } from '@carillon/domain';
import { readGuestToken, SecretBox } from '@carillon/identity';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTestGateway, type TestClient, type TestGateway } from '../test-gateway.js';

const PORT = 18_500;

describe('realtime connections', () => {
  let gateway: TestGateway;
  let roomId: RoomId;
  let guestToken: string;
  let organisationId: OrganisationId;
  /** What conferencing, played here, has been asked. */
  const asked: { name: string; payload: Record<string, unknown> }[] = [];
  const sockets: Socket[] = [];
  let participants: Participant[] = [];

  const snapshot = (): RoomSnapshot => ({
    ...{ roomId, organisationId, name: 'Room', extension: '1300', startedAt: null, lobby: true, participants },
    producers: [],
  });

  beforeAll(async () => {
    gateway = await openTestGateway(PORT);
    organisationId = OrganisationId.parse(gateway.seed.organisationId);
    const room = await gateway.opened.database.forOrganisation(organisationId, (tx) => tx.room.findFirstOrThrow());
    roomId = RoomId.parse(room.id);
    guestToken = readGuestToken(SecretBox.open(gateway.opened.dataDir), room.guestTokenSealed) ?? '';
    playConferencing();
  });
  beforeEach(() => {
    asked.length = 0;
    participants = [];
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.disconnect();
    // Seats of what was cut off are given up before the next test.
    for (const { participantId } of participants)
      gateway.bus.publish('room.participant-left', { organisationId, roomId, participantId, reason: 'left' });
    await gateway.bus.settled();
  });
  afterAll(() => gateway?.close());

  function playConferencing(): void {
    const { bus } = gateway;
    bus.handle('room.join', (payload) => {
      asked.push({ name: 'room.join', payload });
      const { identity } = payload;
      const isUser = identity.kind === 'user';
      const participant: Participant = {
        ...{ participantId: newId(ParticipantId), name: identity.name, endpoint: 'browser', identity: identity.kind },
        ...{ userId: isUser ? identity.userId : null, number: null, role: isUser ? 'host' : 'member' },
        ...{
          state: isUser ? 'entered' : 'lobby',
          muted: false,
          mutedByHost: false,
          handRaised: false,
          joinedAt: '2026-01-01T10:00:00Z',
        },
      };
      participants.push(participant);
      bus.publish('room.participant-joined', { organisationId, roomId, participant });
      const { participantId, state } = participant;
      return { ok: true, participantId, state, room: snapshot() };
    });
    bus.handle('room.snapshot', (payload) => {
      asked.push({ name: 'room.snapshot', payload });
      return { ok: true, room: snapshot() };
    });
    bus.handle('room.media', (payload) => {
      asked.push({ name: 'room.media', payload });
      return { ok: true, data: {} };
    });
    for (const name of ['room.leave', 'room.admit', 'room.mute'] as const)
      bus.handle(name, (payload) => {
        asked.push({ name, payload });
        return { ok: true };
      });
  }

  function connect(auth: object, headers: Record<string, string> = {}): Socket {
    const options = { path: '/realtime', transports: ['websocket'], reconnection: false, forceNew: true };
    const socket = io(gateway.url, { ...options, auth, extraHeaders: headers });
    sockets.push(socket);
    return socket;
  }
  async function connected(socket: Socket): Promise<Socket> {
    await new Promise<void>((settle, fail) => {
      socket.once('connect', settle);
      socket.once('connect_error', fail);
    });
    return socket;
  }
  const asStaff = (client: TestClient, auth: object = {}) => connected(connect(auth, { cookie: client.cookie }));
  const asGuest = (auth: object = {}) => connected(connect({ guestToken, name: 'Gerd', ...auth }));
  const ask = (socket: Socket, name: RealtimeRequestName | 'nonsense', input: unknown): Promise<unknown> =>
    socket.timeout(5_000).emitWithAck(name, input);
  function listen(socket: Socket): { name: string; payload: Record<string, unknown> }[] {
    const heard: { name: string; payload: Record<string, unknown> }[] = [];
    socket.onAny((name: string, payload: Record<string, unknown>) => void heard.push({ name, payload }));
    return heard;
  }
  const names = (name: string) => asked.filter((one) => one.name === name);

  it('refuses who is unknown, and pages of other sites', async () => {
    const staff = await gateway.staff(0);
    await expect(connected(connect({}))).rejects.toThrow('IDENTITY.NO_SESSION');
    await expect(connected(connect({}, { cookie: 'carillon_session=nonsense' }))).rejects.toThrow(
      'IDENTITY.NO_SESSION',
    );
    await expect(connected(connect({ guestToken: 'nonsense', name: 'G' }))).rejects.toThrow('IDENTITY.NO_SESSION');
    await expect(connected(connect({ guestToken, name: '' }))).rejects.toThrow('IDENTITY.NO_SESSION');
    const foreign = { cookie: staff.cookie, origin: 'https://evil.example' };
    await expect(connected(connect({}, foreign))).rejects.toThrow('websocket error');
    await connected(connect({}, { cookie: staff.cookie, origin: gateway.url }));
  });

  it('answers bad input with a refusal and lives on', async () => {
    const socket = await asStaff(await gateway.staff(0));
    const junk: unknown[] = [undefined, null, 7, 'x', [], {}, { roomId: 'x' }, { roomId, request: { type: 'no' } }, { __proto__: { roomId } }]; // prettier-ignore
    for (const input of junk) {
      expect(await ask(socket, 'room.media', input)).toMatchObject({ ok: false, code: 'REQUEST.INVALID' });
      expect(await ask(socket, 'nonsense', input)).toMatchObject({ ok: false, code: 'REQUEST.INVALID' });
    }
    expect(await ask(socket, 'chat-message.send', { conversationId: newId(RoomId), body: 'x'.repeat(9000) })).toMatchObject({ code: 'REQUEST.INVALID' }); // prettier-ignore
    socket.emit('room.join');
    socket.emit('toString', {});
    expect(await ask(socket, 'room.media', { roomId, request: { type: 'list-producers' } })).toMatchObject({
      code: 'ROOM.NOT_IN_ROOM',
    });
    const dropped = new Promise((settle) => socket.once('disconnect', settle));
    socket.emit('chat-message.send', { body: 'x'.repeat(300_000) });
    await dropped;
    await asStaff(await gateway.staff(0));
  });

  it('says so where a chat message has what cannot be kept', async () => {
    const socket = await asStaff(await gateway.staff(0));
    const send = (body: string): Promise<unknown> =>
      ask(socket, 'chat-message.send', { conversationId: newId(RoomId), body, clientToken: crypto.randomUUID() });
    for (const body of ['pasted \0 text', '📞'.slice(0, 1)])
      expect(await send(body)).toMatchObject({
        code: 'REQUEST.INVALID',
        detail: expect.stringMatching(/^body: .*U\+0000/),
      });
    await expect(asGuest({ name: 'Gerd\0' })).rejects.toThrow('IDENTITY.NO_SESSION');
  });

  it('slows down who asks too much', async () => {
    const socket = await asStaff(await gateway.staff(0));
    gateway.bus.handle('call.place', () => ({ ok: false, code: 'CALL.NO_ROUTE' }));
    const answers = [];
    for (let count = 0; count < 8; count++) answers.push(await ask(socket, 'call.place', { number: '9' }));
    expect(answers.filter((answer) => JSON.stringify(answer).includes('REQUEST.TOO_MANY'))).toHaveLength(3);
    expect(answers[0]).toMatchObject({ code: 'CALL.NO_ROUTE' });
  });

  it('lets a guest use the one room of the link and nothing else', async () => {
    const socket = await asGuest();
    expect(await ask(socket, 'room.join', { roomId: newId(RoomId) })).toMatchObject({ code: 'IDENTITY.FORBIDDEN' });
    expect(await ask(socket, 'presence.set', { choice: 'away' })).toMatchObject({ code: 'IDENTITY.FORBIDDEN' });
    expect(await ask(socket, 'call.place', { number: '1001' })).toMatchObject({ code: 'IDENTITY.FORBIDDEN' });
    expect(await ask(socket, 'room.join', { roomId })).toMatchObject({ ok: true, state: 'lobby' });
    expect(names('room.join')).toMatchObject([
      { payload: { organisationId, identity: { kind: 'guest', name: 'Gerd' } } },
    ]);
  });

  it('speaks for the participant that the connection is, whatever the browser says', async () => {
    const socket = await asStaff(await gateway.staff(0));
    const joined = (await ask(socket, 'room.join', { roomId })) as { participantId: string };
    const other = newId(ParticipantId);
    await ask(socket, 'room.mute', { roomId, participantId: other, muted: true, by: other });
    expect(names('room.mute')).toMatchObject([{ payload: { participantId: other, by: joined.participantId } }]);
    await ask(socket, 'room.media', { roomId, participantId: other, request: { type: 'list-producers' } });
    expect(names('room.media')).toMatchObject([{ payload: { participantId: joined.participantId } }]);
  });

  it('tells a waiting guest of nobody but itself, and hosts of the guest', async () => {
    const host = await asStaff(await gateway.staff(0));
    await ask(host, 'room.join', { roomId });
    const hostHears = listen(host);
    const guest = await asGuest();
    const guestHears = listen(guest);
    await ask(guest, 'room.join', { roomId });
    const self = participants[1]!;
    const producer = { producerId: 'p', participantId: participants[0]!.participantId, kind: 'audio', source: 'microphone', paused: false } as const; // prettier-ignore
    gateway.bus.publish('room.producer-added', { organisationId, roomId, producer });
    gateway.bus.publish('room.participant-updated', {
      ...{ organisationId, roomId, participant: { ...participants[0]!, handRaised: true } },
    });
    await vi.waitFor(() =>
      expect(hostHears.map(({ name }) => name)).toEqual([
        'room.participant-joined',
        'room.producer-added',
        'room.participant-updated',
      ]),
    );
    expect(guestHears.filter(({ payload }) => JSON.stringify(payload).includes(participants[0]!.participantId))).toEqual([]); // prettier-ignore

    self.state = 'entered';
    gateway.bus.publish('room.participant-updated', { organisationId, roomId, participant: self });
    await vi.waitFor(() =>
      expect(guestHears.map(({ name }) => name).slice(-3)).toEqual([
        'room.participant-updated',
        'room.participant-joined',
        'room.producer-added',
      ]),
    );
  });

  it('gives a seat back to the browser that was cut off, and to no other', async () => {
    const clientKey = crypto.randomUUID();
    const first = await asGuest({ clientKey });
    const seat = (await ask(first, 'room.join', { roomId })) as { participantId: string };
    first.io.engine.close();
    await vi.waitFor(() => expect(first.connected).toBe(false));

    const stranger = await asGuest({ clientKey: crypto.randomUUID() });
    expect(await ask(stranger, 'room.join', { roomId })).not.toMatchObject({ participantId: seat.participantId });
    const again = await asGuest({ clientKey });
    const heard = listen(again);
    expect(await ask(again, 'room.join', { roomId })).toMatchObject({ ok: true, participantId: seat.participantId });
    expect(names('room.leave')).toEqual([]);
    gateway.bus.publish('room.ended', { organisationId, roomId });
    await vi.waitFor(() => expect(heard.map(({ name }) => name)).toEqual(['room.ended']));
  });

  it('seats a browser once, however often it asks at the same moment', async () => {
    const socket = await asStaff(await gateway.staff(0));
    const answers = await Promise.all([1, 2, 3].map(() => ask(socket, 'room.join', { roomId })));
    expect(new Set(answers.map((answer) => (answer as { participantId: string }).participantId)).size).toBe(1);
    expect(names('room.join')).toHaveLength(1);
  });

  it('shuts the door on waiting guests whose link was renewed, and leaves alone who was let in', async () => {
    const [waiting, inside] = await Promise.all([asGuest({ name: 'Waits' }), asGuest({ name: 'Inside' })]);
    await ask(waiting, 'room.join', { roomId });
    await ask(inside, 'room.join', { roomId });
    const admitted = participants.find(({ name }) => name === 'Inside')!;
    admitted.state = 'entered';
    gateway.bus.publish('room.participant-updated', { organisationId, roomId, participant: admitted });
    await gateway.bus.settled();

    const cut = new Promise((settle) => waiting.once('disconnect', settle));
    const { guestUrl } = await (await gateway.admin()).do<{ guestUrl: string }>('POST', `/api/rooms/${roomId}/guest-link`); // prettier-ignore
    expect(await cut).toBe('io server disconnect');
    await vi.waitFor(() => expect(names('room.leave')).toHaveLength(1));
    expect(inside.connected).toBe(true);
    await expect(asGuest()).rejects.toThrow('IDENTITY.NO_SESSION');
    guestToken = guestUrl.split('/').at(-1)!;
  });

  it('closes the connections of a login that is over', async () => {
    const staff = await gateway.staff(1);
    const socket = await asStaff(staff);
    await ask(socket, 'room.join', { roomId });
    const reason = new Promise((settle) => socket.once('disconnect', settle));
    await staff.do('DELETE', '/api/session');
    expect(await reason).toBe('io server disconnect');
    await vi.waitFor(() => expect(names('room.leave')).toHaveLength(1));
    await expect(connected(connect({}, { cookie: staff.cookie }))).rejects.toThrow('IDENTITY.NO_SESSION');
  });

  it('uses a session only while somebody is at the browser', async () => {
    const staff = await gateway.staff(1);
    const { sessions } = await gateway.opened.database.asSystem('test', (tx) =>
      tx.user.findUniqueOrThrow({
        where: { email: gateway.seed.staff[1]!.email },
        include: { sessions: { orderBy: { createdAt: 'desc' }, take: 1 } },
      }),
    );
    const where = { id: sessions[0]!.id };
    const hourAgo = new Date(Date.now() - 3_600_000);
    await gateway.opened.database.asSystem('test', (tx) => tx.session.update({ where, data: { lastSeenAt: hourAgo } }));
    const seenAfterRecheck = async () => {
      gateway.bus.publish('directory.changed', { organisationId });
      await gateway.bus.settled();
      const session = await gateway.opened.database.asSystem('test', (tx) => tx.session.findUniqueOrThrow({ where }));
      return session.lastSeenAt.getTime();
    };
    const socket = await asStaff(staff);
    expect((await staff.send('GET', '/api/me', undefined, { 'x-carillon-idle': '1' })).status).toBe(200);
    expect(await seenAfterRecheck()).toBe(hourAgo.getTime());
    await ask(socket, 'presence.activity', { activity: 'idle' });
    expect(await seenAfterRecheck()).toBe(hourAgo.getTime());
    await ask(socket, 'presence.activity', { activity: 'active' });
    expect(await seenAfterRecheck()).toBeGreaterThan(hourAgo.getTime() + 3_500_000);
  });

  it('tells calls to who takes part and to admins of that organisation, and to no one else', async () => {
    const [caller, stranger, admin, foreign] = await Promise.all([
      gateway.staff(0),
      gateway.staff(1),
      gateway.admin(),
      gateway.client().login(gateway.other.email, gateway.other.password),
    ]);
    const heard = await Promise.all([caller, stranger, admin, foreign].map(async (one) => listen(await asStaff(one))));
    const user = await gateway.opened.database.asSystem('test', (tx) =>
      tx.user.findUniqueOrThrow({ where: { email: gateway.seed.staff[0]!.email } }),
    );
    const party = { number: '1001', name: null, userId: UserId.parse(user.id) };
    const call: LiveCall = {
      ...{ callId: newId(CallId), organisationId, direction: 'internal', from: party, state: 'ringing' },
      ...{ to: { number: '1200', name: null, userId: null, kind: 'ivr' }, startedAt: '2026-01-01T10:00:00Z' },
      ...{ answeredAt: null, endedAt: null, revision: 1, legs: [], outcome: null, endReason: null, sipStatus: null },
    };
    gateway.bus.publish('call.started', { call });
    gateway.bus.publish('directory.changed', { organisationId });
    const calls = (index: number) => heard[index]!.filter(({ name }) => name === 'call.changed').length;
    await vi.waitFor(() => expect([0, 1, 2, 3].map(calls)).toEqual([1, 0, 1, 0]));
    await vi.waitFor(
      () =>
      expect(heard.map((events) => events.some(({ name }) => name === 'directory.changed'))).toEqual([true, true, true, false]), // prettier-ignore
    );

    gateway.live.calls = [call];
    const [callerSocket, strangerSocket] = sockets;
    expect(await ask(strangerSocket!, 'call.hang-up', { callId: call.callId })).toMatchObject({
      code: 'CALL.NOT_FOUND',
    });
    expect(await ask(callerSocket!, 'call.hang-up', { callId: call.callId })).toMatchObject({ ok: true });
    expect(gateway.live.hungUp).toEqual([call.callId]);
  });

  it('lets nobody end a call that only rings at theirs too, or that they have left', async () => {
    const socket = await asStaff(await gateway.staff(1));
    const me = await gateway.opened.database.asSystem('test', (tx) =>
      tx.user.findUniqueOrThrow({ where: { email: gateway.seed.staff[1]!.email } }),
    );
    const userId = UserId.parse(me.id);
    const legIn = (state: 'ringing' | 'answered' | 'ended') => {
      const leg = { legId: newId(LegId), role: 'callee' as const, number: '1002', userId, deviceId: null, state };
      const call: LiveCall = {
        ...{ callId: newId(CallId), organisationId, direction: 'internal', state: 'ringing', revision: 1 },
        ...{ from: { number: '1001', name: null, userId: null }, startedAt: '2026-01-01T10:00:00Z' },
        ...{ to: { number: '1100', name: null, userId: null, kind: 'group' }, answeredAt: null, endedAt: null },
        ...{ legs: [{ ...leg, reason: null, sipStatus: null }], outcome: null, endReason: null, sipStatus: null },
      };
      return call;
    };
    const [rings, talks, left] = [legIn('ringing'), legIn('answered'), legIn('ended')];
    gateway.live.calls = [rings, talks, left];
    gateway.live.hungUp.length = 0;
    expect(await ask(socket, 'call.hang-up', { callId: rings.callId })).toMatchObject({ code: 'CALL.NOT_ALLOWED' });
    expect(await ask(socket, 'call.hang-up', { callId: left.callId })).toMatchObject({ code: 'CALL.NOT_FOUND' });
    expect(await ask(socket, 'call.hang-up', { callId: talks.callId })).toMatchObject({ ok: true });
    expect(gateway.live.hungUp).toEqual([talks.callId]);
  });
});
