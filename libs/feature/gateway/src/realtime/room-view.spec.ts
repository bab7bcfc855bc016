import type { Participant } from '@carillon/contracts';
import { newId, OrganisationId, ParticipantId, RoomId } from '@carillon/domain';
import { beforeEach, describe, expect, it } from 'vitest';
import { type RoomEvent, RoomView } from './room-view.js';

const organisationId = newId(OrganisationId);
const roomId = newId(RoomId);

function person(name: string, role: Participant['role'], state: Participant['state']): Participant {
  return {
    ...{ participantId: newId(ParticipantId), name, role, state, endpoint: 'browser', identity: 'user' },
    ...{
      userId: null,
      number: null,
      muted: false,
      mutedByHost: false,
      handRaised: false,
      joinedAt: '2026-01-01T10:00:00Z',
    },
  };
}

describe('who hears what of a room', () => {
  let view: RoomView;
  const host = person('host', 'host', 'entered');
  const member = person('member', 'member', 'entered');
  const waiting = person('waiting', 'member', 'lobby');
  const alsoWaiting = person('also waiting', 'member', 'lobby');
  const everyone = [host, member, waiting, alsoWaiting];

  /** Who is told what, by name. */
  function tell(event: RoomEvent): Record<string, string[]> {
    const toViewer = view.apply(event);
    return Object.fromEntries(
      everyone.flatMap(({ name, participantId }) => {
        const told = toViewer(participantId).map((one) => {
          const about = 'participant' in one.payload ? ` ${one.payload.participant.name}` : '';
          return one.name.replace('room.', '') + about;
        });
        return told.length === 0 ? [] : [[name, told]];
      }),
    );
  }
  const joined = (participant: Participant) =>
    tell({ name: 'room.participant-joined', payload: { organisationId, roomId, participant } });
  const updated = (participant: Participant) =>
    tell({ name: 'room.participant-updated', payload: { organisationId, roomId, participant } });
  const producer = { producerId: 'p', participantId: host.participantId, kind: 'audio', source: 'microphone', paused: false } as const; // prettier-ignore

  beforeEach(() => {
    view = new RoomView();
    view.learn(everyone, []);
  });

  it('shows the lobby to hosts only, and each who waits only itself', () => {
    view = new RoomView();
    view.learn([host, member], []);
    const seen = ['participant-joined waiting'];
    expect(joined(waiting)).toEqual({ host: seen, waiting: seen });
    expect(joined(alsoWaiting)).toEqual({ host: ['participant-joined also waiting'], 'also waiting': ['participant-joined also waiting'] }); // prettier-ignore
  });

  it('tells those inside of media and speaking, and those outside nothing', () => {
    const inside = (name: string) => ({ host: [name], member: [name] });
    expect(tell({ name: 'room.producer-added', payload: { organisationId, roomId, producer } })).toEqual(
      inside('producer-added'),
    );
    expect(tell({ name: 'room.speaking', payload: { organisationId, roomId, speakers: [] } })).toEqual(
      inside('speaking'),
    );
    expect(tell({ name: 'room.media-reset', payload: { organisationId, roomId } })).toEqual(inside('media-reset'));
  });

  it('shows one who is admitted to all, and all to it', () => {
    tell({ name: 'room.producer-added', payload: { organisationId, roomId, producer } });
    expect(updated({ ...waiting, state: 'entered' })).toEqual({
      host: ['participant-updated waiting'],
      member: ['participant-joined waiting'],
      waiting: [
        'participant-updated waiting',
        'participant-joined host',
        'participant-joined member',
        'producer-added',
      ],
    });
  });

  it('shows the lobby to one who becomes host', () => {
    expect(updated({ ...member, role: 'host' })).toEqual({
      host: ['participant-updated member'],
      member: ['participant-updated member', 'participant-joined waiting', 'participant-joined also waiting'],
    });
  });

  it('tells of a leaving only who saw the one that left, and that one itself', () => {
    const leave = (participantId: ParticipantId) =>
      tell({ name: 'room.participant-left', payload: { organisationId, roomId, participantId, reason: 'removed' } });
    expect(Object.keys(leave(waiting.participantId))).toEqual(['host', 'waiting']);
    expect(Object.keys(leave(member.participantId))).toEqual(['host', 'member']);
    expect(leave(member.participantId)).toEqual({});
  });

  it('tells everyone of the end', () => {
    expect(Object.keys(tell({ name: 'room.ended', payload: { organisationId, roomId } }))).toHaveLength(4);
  });
});
