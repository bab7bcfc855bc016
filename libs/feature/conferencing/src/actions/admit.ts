import type { CommandOutput, CommandPayload } from '@carillon/contracts';
import type { ConferencingParts } from '../conferencing-parts.js';
import { refuse } from '../refuse.js';
import { nextParticipantState } from '../room/participant-state.js';
import { enterRoom } from './enter-room.js';
import { mayHost, onMember } from './in-room.js';
import { greetEntered } from './phone-in-meeting.js';
import { updateView } from './update-view.js';

/** A host lets someone in from the lobby. Admitting who is in already is no error. */
export function admit(
  parts: ConferencingParts,
  payload: CommandPayload<'room.admit'>,
): Promise<CommandOutput<'room.admit'>> {
  return onMember(parts, payload, async (room, { target, by }) => {
    if (!mayHost(by)) return refuse('ROOM.NOT_ALLOWED');
    if (nextParticipantState(target.state, 'admit') === undefined) return { ok: true };
    const refusal = await enterRoom(parts, room, { member: target, privileged: false });
    if (refusal !== undefined) return refusal;
    updateView(parts, room, target, {});
    if (target.phone !== undefined) void greetEntered(parts, target.phone);
    return { ok: true };
  });
}
