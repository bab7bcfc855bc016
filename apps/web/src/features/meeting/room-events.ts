import type { RealtimeEventPayload, RoomEventName } from '@carillon/contracts';
import { withEntry, withoutEntry, type MeetingStore } from './meeting-store.js';

export type RoomEvent = { [Name in RoomEventName]: { name: Name; payload: RealtimeEventPayload<Name> } }[RoomEventName];

/** What an event of the room changes in the store. Repeats change nothing. */
export function applyRoomEvent(store: MeetingStore, event: RoomEvent): void {
  switch (event.name) {
    case 'room.participant-joined':
    case 'room.participant-updated': {
      const { participant } = event.payload;
      return store.setState(({ participants }) => ({
        participants: withEntry(participants, participant.participantId, participant),
      }));
    }
    case 'room.participant-left': {
      const { participantId } = event.payload;
      return store.setState(({ participants, speakers, producers }) => ({
        participants: withoutEntry(participants, participantId),
        speakers: new Set([...speakers].filter((one) => one !== participantId)),
        producers: new Map([...producers].filter(([, one]) => one.participantId !== participantId)),
      }));
    }
    case 'room.producer-added':
    case 'room.producer-updated': {
      const { producer } = event.payload;
      return store.setState(({ producers }) => ({ producers: withEntry(producers, producer.producerId, producer) }));
    }
    case 'room.producer-removed':
      return store.setState(({ producers }) => ({ producers: withoutEntry(producers, event.payload.producerId) }));
    case 'room.speaking':
      return store.setState({ speakers: new Set(event.payload.speakers.map((one) => one.participantId as string)) });
    case 'room.media-reset':
      return store.setState({ producers: new Map(), speakers: new Set() });
    case 'room.ended':
      return;
  }
}
