import type { ConferencingParts } from '../conferencing-parts.js';
import type { Room } from '../room/room.js';
import { advancePhase } from './advance-phase.js';
import { leaveRoom } from './leave-room.js';

/** Everyone out, media closed, room forgotten. Idempotent. Within `room.run`. */
export async function closeRoom(parts: ConferencingParts, room: Room): Promise<void> {
  if (room.phase === 'ended') return;
  for (const member of [...room.members.values()]) await leaveRoom(parts, room, member, 'end');
  parts.rooms.forget(room);
  await advancePhase(parts, room, 'end');
  const { organisationId, roomId } = room;
  parts.bus.publish('room.ended', { organisationId, roomId });
}
