import type { CommandOutput, CommandPayload } from '@carillon/contracts';
import type { ConferencingParts } from '../conferencing-parts.js';
import { refuse } from '../refuse.js';
import type { Member, Room } from '../room/room.js';
import { asMember } from './in-room.js';
import { updateView } from './update-view.js';

export function raiseHand(
  parts: ConferencingParts,
  payload: CommandPayload<'room.raise-hand'>,
): Promise<CommandOutput<'room.raise-hand'>> {
  return asMember(parts, payload, async (room, member): Promise<CommandOutput<'room.raise-hand'>> => {
    if (member.state !== 'entered') return refuse('ROOM.IN_LOBBY');
    setHand(parts, room, member, payload.raised);
    return { ok: true };
  });
}

/** Tells everyone, and a phone by voice. */
export function setHand(parts: ConferencingParts, room: Room, member: Member, raised: boolean): void {
  if (member.view.handRaised !== raised) updateView(parts, room, member, { handRaised: raised });
  const { phone } = member;
  if (phone !== undefined)
    void parts.announcements.say(raised ? 'handRaised' : 'handLowered').then((said) => phone.play(said));
}
