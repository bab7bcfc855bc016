import type { ConferencingParts } from '../conferencing-parts.js';
import { nextRoomPhase, type RoomPhaseAction, type RoomPhaseEvent } from '../room/room-phase.js';
import type { Room } from '../room/room.js';
import { leaveRoom } from './leave-room.js';

const RETRY_MS = 2_000;

type Perform = (parts: ConferencingParts, room: Room) => Promise<void>;

const PERFORM: Readonly<Record<RoomPhaseAction, Perform>> = {
  'open-media': async (parts, room) => {
    room.producers.clear();
    room.mediaOwnerId = await parts.media.open(room);
    await advancePhase(parts, room, room.mediaOwnerId === undefined ? 'media-failed' : 'media-opened');
  },
  'reattach-phones': async (parts, room) => {
    for (const member of room.entered()) {
      if (member.phone === undefined) continue;
      const { participantId, muted } = member.view;
      const { endpointId } = member.phone;
      const attached = await parts.media.attachPhone(room, { participantId, endpointId, muted });
      if (!attached.ok) await leaveRoom(parts, room, member, 'lose');
    }
  },
  'tell-media-reset': ({ bus }, { organisationId, roomId }) => {
    bus.publish('room.media-reset', { organisationId, roomId });
    return Promise.resolve();
  },
  'retry-later': (parts, room) => {
    parts.clock.after(RETRY_MS, () => {
      void room.run(async () => {
        if (room.phase === 'resetting') await PERFORM['open-media'](parts, room);
      });
    });
    return Promise.resolve();
  },
  'close-media': ({ media }, room) => media.close(room),
};

/** Takes an event through the room's phase table and does what it says. Within `room.run`. */
export async function advancePhase(parts: ConferencingParts, room: Room, event: RoomPhaseEvent): Promise<void> {
  const step = nextRoomPhase(room.phase, event);
  room.phase = step.phase;
  for (const action of step.actions) await PERFORM[action](parts, room);
}
