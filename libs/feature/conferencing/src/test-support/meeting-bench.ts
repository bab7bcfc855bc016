import { ROOM_EVENTS, type CommandPayload, type EventPayload, type PlaySource } from '@carillon/contracts';
import {
  CallId,
  type DtmfDigit,
  EndpointId,
  LegId,
  newId,
  OrganisationId,
  OwnerId,
  ParticipantId,
  PlayId,
  RoomId,
  UserId,
} from '@carillon/domain';
import { type Bus, createMemoryBus } from '@carillon/event-bus';
import { ManualClock, silentLogger } from '@carillon/service-runtime';
import { Conferencing } from '../conferencing.js';
import type { RoomRecord, StaffRecord } from '../room-directory.js';

const ownerId = OwnerId.parse('media-1');

/** A caller's phone, as signalling and the media plane would show it. */
export interface BenchPhone {
  readonly callId: CallId;
  readonly endpointId: EndpointId;
  readonly number: string;
}

/** Conferencing on a bus whose neighbours (signalling, media plane) note what they are asked. */
export class MeetingBench {
  readonly organisationId = newId(OrganisationId);
  readonly bus: Bus = createMemoryBus();
  readonly clock = new ManualClock(Date.parse('2026-01-01T10:00:00Z'));
  readonly record: { -readonly [Key in keyof RoomRecord]: RoomRecord[Key] };
  readonly staff: StaffRecord[] = [];
  /** `name participant-or-call …` of every command to a neighbour. */
  readonly asked: { name: string; payload: Record<string, unknown> }[] = [];
  readonly events: { name: string; payload: Record<string, unknown> }[] = [];
  mediaOpens = true;
  private readonly conferencing: Conferencing;
  /** Prompts that were begun and not ended. */
  private readonly playing = new Map<string, PlayId>();

  constructor(room: Partial<RoomRecord> = {}, limits: { participantsPerRoom?: number } = {}) {
    const { organisationId, bus, clock } = this;
    this.record = {
      ...{ roomId: newId(RoomId), organisationId, name: 'Board', extension: '1300', pin: null, lobby: true },
      ...{ ownerUserId: null, ...room },
    };
    const say = (word: string): Promise<PlaySource[]> => Promise.resolve([{ kind: 'file', path: word }]);
    this.conferencing = new Conferencing({
      ...{ bus, clock, limits, logger: silentLogger() },
      directory: {
        findRoom: (organisation, roomId) =>
          Promise.resolve(
            organisation === organisationId && roomId === this.record.roomId ? { ...this.record } : undefined,
          ),
        findStaff: (_organisation, userId) => Promise.resolve(this.staff.find((one) => one.userId === userId)),
      },
      announcements: { say, welcome: () => say('welcome'), lobby: () => say('lobby') },
    });
    this.beNeighbours();
    bus.subscribe(ROOM_EVENTS, (payload, name) => void this.events.push({ name, payload }));
    this.conferencing.open();
  }

  addStaff(name: string, admin = false): StaffRecord {
    const staff = { userId: newId(UserId), name, admin };
    this.staff.push(staff);
    return staff;
  }

  get roomId(): RoomId {
    return this.record.roomId;
  }

  async joinAs(staff: StaffRecord) {
    const { organisationId, roomId } = this;
    return this.bus.call('room.join', { organisationId, roomId, identity: { kind: 'user', ...staff } });
  }

  async joinAsGuest(name = 'Guest') {
    const { organisationId, roomId } = this;
    return this.bus.call('room.join', { organisationId, roomId, identity: { kind: 'guest', name } });
  }

  /** A call to the room arrives. */
  async dial(number: string, userId: UserId | null = null): Promise<BenchPhone> {
    const phone = { callId: newId(CallId), endpointId: newId(EndpointId), number };
    const { organisationId, roomId } = this;
    const answer = await this.bus.call('room.join-by-phone', {
      ...{ organisationId, roomId, callId: phone.callId, endpointId: phone.endpointId, legId: newId(LegId) },
      ...{ mediaOwnerId: ownerId, caller: { number, name: null, userId } },
    });
    if (!answer.ok) throw new Error(answer.code);
    await this.settle();
    return phone;
  }

  async press(phone: BenchPhone, keys: string): Promise<void> {
    for (const digit of keys) {
      this.bus.publish('media.dtmf-received', {
        ...{ organisationId: this.organisationId, callId: phone.callId, legId: newId(LegId) },
        ...{ endpointId: phone.endpointId, digit: digit as DtmfDigit, durationMs: 100 },
      });
    }
    await this.settle();
  }

  /** What the phone plays now comes to its end. */
  async endPrompt(phone: BenchPhone): Promise<void> {
    const playId = this.playing.get(phone.endpointId);
    if (playId === undefined) throw new Error('Nothing is played');
    this.playing.delete(phone.endpointId);
    this.bus.publish('media.play-ended', { ...this.endpointOf(phone), playId, reason: 'finished' });
    await this.settle();
  }

  async hangUp(phone: BenchPhone): Promise<void> {
    const at = '2026-01-01T10:00:00Z';
    const party = { number: phone.number, name: null, userId: null };
    const call: EventPayload<'call.ended'>['call'] = {
      ...{ callId: phone.callId, organisationId: this.organisationId, direction: 'inbound', from: party },
      ...{ to: { ...party, kind: 'room' }, state: 'ended', startedAt: at, answeredAt: at, endedAt: at, revision: 9 },
      ...{ legs: [], outcome: 'answered', endReason: null, sipStatus: 200 },
    };
    this.bus.publish('call.ended', { call });
    await this.settle();
  }

  endpointOf({ callId, endpointId }: BenchPhone) {
    return { organisationId: this.organisationId, callId, legId: newId(LegId), endpointId };
  }

  /** Everything that was set off has been done. */
  async settle(): Promise<void> {
    for (let round = 0; round < 40; round++) {
      await new Promise((resolve) => setImmediate(resolve));
      await this.bus.settled();
    }
  }

  async snapshot() {
    const answer = await this.bus.call('room.list-live', { organisationId: this.organisationId });
    return answer.ok ? answer.rooms.find(({ roomId }) => roomId === this.roomId) : undefined;
  }

  names(name: string): Record<string, unknown>[] {
    return this.asked.filter((one) => one.name === name).map(({ payload }) => payload);
  }

  /** Words that the phone was played, in order. */
  heard(phone: BenchPhone): string[] {
    return this.names('media.play')
      .filter((payload) => payload['endpointId'] === phone.endpointId)
      .map((payload) => (payload as CommandPayload<'media.play'>).sources)
      .flatMap((sources) => sources.map((source) => (source.kind === 'file' ? source.path : source.kind)));
  }

  close(): Promise<void> {
    return this.conferencing.close();
  }

  private beNeighbours(): void {
    const { bus } = this;
    const note = (name: string, payload: object): { ok: true } => {
      this.asked.push({ name, payload: { ...payload } });
      return { ok: true };
    };
    bus.handle('sfu.open-room', (payload) => {
      note('sfu.open-room', payload);
      return this.mediaOpens ? { ok: true, ownerId } : { ok: false, code: 'SFU.UNAVAILABLE' };
    });
    const owned = { ownerId };
    for (const name of ['sfu.close-room', 'sfu.detach-phone', 'sfu.mute', 'sfu.remove', 'sfu.announce'] as const)
      bus.handle(name, (payload) => note(name, payload), owned);
    bus.handle('sfu.request', (payload) => ({ ...note('sfu.request', payload), data: { passed: true } }), owned);
    bus.handle(
      'sfu.attach-phone',
      (payload) => ({ ...note('sfu.attach-phone', payload), producerId: newId(ParticipantId) }),
      owned,
    );
    for (const name of ['call.answer', 'call.hang-up'] as const) bus.handle(name, (payload) => note(name, payload));
    bus.handle('media.stop-play', (payload) => note('media.stop-play', payload), owned);
    bus.handle(
      'media.play',
      (payload) => {
        const playId = newId(PlayId);
        this.playing.set(payload.endpointId, playId);
        return { ...note('media.play', payload), playId };
      },
      owned,
    );
  }
}
