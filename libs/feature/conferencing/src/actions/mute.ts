import type { CommandOutput, CommandPayload } from '@carillon/contracts';
import type { ConferencingParts } from '../conferencing-parts.js';
import { refuse } from '../refuse.js';
import type { Member, Room } from '../room/room.js';
import { mayHost, onMember } from './in-room.js';
import { updateView } from './update-view.js';

/** One mutes and unmutes oneself; a host may mute others, never unmute them. */
export function mute(
  parts: ConferencingParts,
  payload: CommandPayload<'room.mute'>,
): Promise<CommandOutput<'room.mute'>> {
  return onMember(parts, payload, async (room, { target, by }) => {
    if (target.state !== 'entered') return refuse('ROOM.IN_LOBBY');
    if (target !== by && !(mayHost(by) && payload.muted)) return refuse('ROOM.NOT_ALLOWED');
    await setMuted(parts, room, { member: target, muted: payload.muted, byHost: payload.muted && target !== by });
    return { ok: true };
  });
}

interface MutedChange {
  readonly member: Member;
  readonly muted: boolean;
  readonly byHost: boolean;
}

/** Mutes in the media plane, tells everyone, and tells a phone by voice. Within `room.run`. */
export async function setMuted(parts: ConferencingParts, room: Room, change: MutedChange): Promise<void> {
  const { member, muted, byHost } = change;
  const { phone, view } = member;
  await parts.media.mute(room, view.participantId, muted);
  if (view.muted !== muted || view.mutedByHost !== byHost)
    updateView(parts, room, member, { muted, mutedByHost: byHost });
  if (phone !== undefined) void parts.announcements.say(muted ? 'muted' : 'unmuted').then((said) => phone.play(said));
}
