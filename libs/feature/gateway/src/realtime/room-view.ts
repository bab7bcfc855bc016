import type { EventPayload, Participant, ProducerInfo, RealtimeEventPayload, RoomEventName } from '@carillon/contracts';
import type { ParticipantId } from '@carillon/domain';

export type RoomEvent = { [Name in RoomEventName]: { name: Name; payload: EventPayload<Name> } }[RoomEventName];

/** What one participant is told. */
export type Told = { [Name in RoomEventName]: { name: Name; payload: RealtimeEventPayload<Name> } }[RoomEventName];

type Seen = Pick<Participant, 'participantId' | 'state' | 'role'>;

/** Who waits in the lobby sees only itself; who waits there is seen by hosts only. */
function canSee(viewer: Seen | undefined, other: Seen): boolean {
  if (viewer === undefined) return false;
  if (viewer.participantId === other.participantId) return true;
  if (viewer.state !== 'entered') return false;
  return other.state === 'entered' || viewer.role === 'host';
}

/**
 * A room as its events tell it, to decide who of its participants is told what. Somebody who comes into view (admitted
 * from the lobby) has joined, for whoever did not see it before; and one who is let in is told of everybody inside.
 */
export class RoomView {
  private readonly participants = new Map<ParticipantId, Participant>();
  private readonly producers = new Map<string, ProducerInfo>();

  /** What is known from elsewhere: the snapshot that a participant joined with. */
  learn(participants: readonly Participant[], producers: readonly ProducerInfo[]): void {
    for (const one of participants)
      if (!this.participants.has(one.participantId)) this.participants.set(one.participantId, one);
    for (const one of producers) if (!this.producers.has(one.producerId)) this.producers.set(one.producerId, one);
  }

  isInside(participantId: ParticipantId): boolean {
    return this.participants.get(participantId)?.state === 'entered';
  }

  /** Takes an event in. @returns tells what a participant of the room hears of it */
  apply(event: RoomEvent): (viewerId: ParticipantId) => Told[] {
    const { roomId } = event.payload;
    switch (event.name) {
      case 'room.participant-joined':
      case 'room.participant-updated':
        return this.applyParticipant(event);
      case 'room.participant-left': {
        const { participantId, reason } = event.payload;
        const gone = this.participants.get(participantId);
        this.participants.delete(participantId);
        const told: Told = { name: event.name, payload: { roomId, participantId, reason } };
        return (viewerId) => {
          const viewer = viewerId === participantId ? gone : this.participants.get(viewerId);
          return gone !== undefined && canSee(viewer, gone) ? [told] : [];
        };
      }
      case 'room.producer-added':
      case 'room.producer-updated': {
        const { producer } = event.payload;
        this.producers.set(producer.producerId, producer);
        return this.toInside({ name: event.name, payload: { roomId, producer } });
      }
      case 'room.producer-removed': {
        const { participantId, producerId } = event.payload;
        this.producers.delete(producerId);
        return this.toInside({ name: event.name, payload: { roomId, participantId, producerId } });
      }
      case 'room.speaking':
        return this.toInside({ name: event.name, payload: { roomId, speakers: event.payload.speakers } });
      case 'room.media-reset':
        this.producers.clear();
        return this.toInside({ name: event.name, payload: { roomId } });
      case 'room.ended':
        return () => [{ name: 'room.ended', payload: { roomId } }];
    }
  }

  private applyParticipant(
    event: Extract<RoomEvent, { name: 'room.participant-joined' | 'room.participant-updated' }>,
  ): (viewerId: ParticipantId) => Told[] {
    const { roomId, participant } = event.payload;
    const before = this.participants.get(participant.participantId);
    this.participants.set(participant.participantId, participant);
    return (viewerId) => {
      const viewer = this.participants.get(viewerId);
      if (!canSee(viewer, participant)) return [];
      const isSelf = viewerId === participant.participantId;
      const viewerBefore = isSelf ? before : viewer;
      const saw = before !== undefined && canSee(viewerBefore, before);
      const name = saw ? 'room.participant-updated' : 'room.participant-joined';
      const told: Told = { name, payload: { roomId, participant } };
      return isSelf && before !== undefined ? [told, ...this.comesIntoView(event.payload, before)] : [told];
    };
  }

  /** What a participant sees now and did not see before its own change. */
  private comesIntoView(
    { roomId, participant }: EventPayload<'room.participant-updated'>,
    before: Participant,
  ): Told[] {
    const others = [...this.participants.values()].filter(
      (other) => canSee(participant, other) && !canSee(before, other),
    );
    const joined = others.map((other): Told => {
      return { name: 'room.participant-joined', payload: { roomId, participant: other } };
    });
    if (before.state === 'entered' || participant.state !== 'entered') return joined;
    const added = [...this.producers.values()].map((producer): Told => {
      return { name: 'room.producer-added', payload: { roomId, producer } };
    });
    return [...joined, ...added];
  }

  private toInside(told: Told): (viewerId: ParticipantId) => Told[] {
    return (viewerId) => (this.isInside(viewerId) ? [told] : []);
  }
}
