import type { CommandOutput, CommandPayload } from '@carillon/contracts';
import type { ConferencingParts } from '../conferencing-parts.js';
import { refuse } from '../refuse.js';

/**
 * Passes a browser's media request on, once it is in. Not in the room's turn: many are under way at once, and they
 * change nothing here.
 */
export async function media(
  parts: ConferencingParts,
  { organisationId, roomId, participantId, request }: CommandPayload<'room.media'>,
): Promise<CommandOutput<'room.media'>> {
  const room = parts.rooms.find(roomId, organisationId);
  if (room === undefined) return refuse('ROOM.NOT_FOUND');
  const member = room.members.get(participantId);
  if (member === undefined || member.phone !== undefined) return refuse('ROOM.NOT_IN_ROOM');
  if (member.state !== 'entered') return refuse('ROOM.IN_LOBBY');
  if (room.phase !== 'live') return refuse('ROOM.UNAVAILABLE');
  return parts.media.request(room, participantId, request);
}
