import type { CommandOutput, CommandPayload } from '@carillon/contracts';
import type { ConferencingParts } from '../conferencing-parts.js';
import { afterLeaving } from './after-leaving.js';
import { inRoom } from './in-room.js';
import { leaveRoom } from './leave-room.js';

/** Leaving what one has left is no error. */
export async function leave(
  parts: ConferencingParts,
  payload: CommandPayload<'room.leave'>,
): Promise<CommandOutput<'room.leave'>> {
  await inRoom(parts, payload, async (room) => {
    const member = room.members.get(payload.participantId);
    if (member === undefined) return;
    await leaveRoom(parts, room, member, 'leave');
    await afterLeaving(parts, room);
  });
  return { ok: true };
}
