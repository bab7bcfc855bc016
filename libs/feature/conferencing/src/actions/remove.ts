import type { CommandOutput, CommandPayload } from '@carillon/contracts';
import type { ConferencingParts } from '../conferencing-parts.js';
import { refuse } from '../refuse.js';
import { afterLeaving } from './after-leaving.js';
import { mayHost, onMember } from './in-room.js';
import { leaveRoom } from './leave-room.js';

/** A host turns away someone in the lobby, or removes someone who is in. */
export function remove(
  parts: ConferencingParts,
  payload: CommandPayload<'room.remove'>,
): Promise<CommandOutput<'room.remove'>> {
  return onMember(parts, payload, async (room, { target, by }) => {
    if (!mayHost(by)) return refuse('ROOM.NOT_ALLOWED');
    // A guest link and a telephone know no persons: whoever was put out could come again under another name.
    if (target.view.identity !== 'user') room.doorGuarded = true;
    await leaveRoom(parts, room, target, 'remove');
    await afterLeaving(parts, room);
    return { ok: true };
  });
}
