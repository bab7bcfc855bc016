import type { CommandOutput, CommandPayload } from '@carillon/contracts';
import type { ConferencingParts } from '../conferencing-parts.js';
import { refuse } from '../refuse.js';
import { closeRoom } from './close-room.js';
import { asMember, mayHost } from './in-room.js';

/** A host ends the meeting for all. */
export function end(
  parts: ConferencingParts,
  { organisationId, roomId, by }: CommandPayload<'room.end'>,
): Promise<CommandOutput<'room.end'>> {
  return asMember(parts, { organisationId, roomId, participantId: by }, async (room, member) => {
    if (!mayHost(member)) return refuse('ROOM.NOT_ALLOWED');
    await closeRoom(parts, room);
    return { ok: true };
  });
}
