import type { ConferencingParts } from '../conferencing-parts.js';
import { pickSuccessor } from '../room/hosts.js';
import type { Room } from '../room/room.js';
import { closeRoom } from './close-room.js';
import { updateView } from './update-view.js';

/** An empty room closes; a room without a host gets one. Within `room.run`. */
export async function afterLeaving(parts: ConferencingParts, room: Room): Promise<void> {
  if (room.members.size === 0) return closeRoom(parts, room);
  const successor = pickSuccessor(room.views());
  const member = successor && room.members.get(successor.participantId);
  if (member !== undefined) updateView(parts, room, member, { role: 'host' });
}
