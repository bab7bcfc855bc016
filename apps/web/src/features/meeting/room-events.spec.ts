import { Participant, ProducerInfo } from '@carillon/contracts';
import { RoomId } from '@carillon/domain';
import { describe, expect, it } from 'vitest';
import { createMeetingStore } from './meeting-store.js';
import { applyRoomEvent } from './room-events.js';

const roomId = RoomId.parse(crypto.randomUUID());
const participant = (change: Partial<Participant> = {}) => ({
  ...Participant.parse({
    participantId: crypto.randomUUID(),
    name: 'Ada',
    endpoint: 'phone',
    identity: 'caller',
    userId: null,
    number: '1001',
    role: 'member',
    state: 'entered',
    muted: false,
    mutedByHost: false,
    handRaised: false,
    joinedAt: '2026-01-01T10:00:00.000Z',
  }),
  ...change,
});

describe('applyRoomEvent', () => {
  it('keeps the order in which participants came, also when one changes', () => {
    const store = createMeetingStore();
    const [first, second] = [participant(), participant({ name: 'Ben' })];
    applyRoomEvent(store, { name: 'room.participant-joined', payload: { roomId, participant: first } });
    applyRoomEvent(store, { name: 'room.participant-joined', payload: { roomId, participant: second } });
    applyRoomEvent(store, {
      name: 'room.participant-updated',
      payload: { roomId, participant: { ...first, muted: true } },
    });
    expect([...store.getState().participants.values()].map((one) => [one.name, one.muted])).toEqual([
      ['Ada', true],
      ['Ben', false],
    ]);
  });

  it('forgets all of one who left', () => {
    const store = createMeetingStore();
    const one = participant();
    const { participantId } = one;
    const producer = ProducerInfo.parse({
      producerId: 'p',
      participantId,
      kind: 'audio',
      source: 'microphone',
      paused: false,
    });
    applyRoomEvent(store, { name: 'room.participant-joined', payload: { roomId, participant: one } });
    applyRoomEvent(store, { name: 'room.producer-added', payload: { roomId, producer } });
    applyRoomEvent(store, { name: 'room.speaking', payload: { roomId, speakers: [{ participantId, levelDb: -20 }] } });
    applyRoomEvent(store, { name: 'room.participant-left', payload: { roomId, participantId, reason: 'left' } });
    const { participants, producers, speakers } = store.getState();
    expect([participants.size, producers.size, speakers.size]).toEqual([0, 0, 0]);
  });
});
