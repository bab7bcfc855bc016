import type { Refusal } from '@carillon/contracts';
import { CHIME } from '../announcements.js';
import type { ConferencingParts } from '../conferencing-parts.js';
import { refuse } from '../refuse.js';
import { roleOnEntry } from '../room/hosts.js';
import type { Member, Room } from '../room/room.js';
import { advancePhase } from './advance-phase.js';

export interface Entry {
  readonly member: Member;
  /** An admin, or the room's owner. */
  readonly privileged: boolean;
}

/**
 * From outside or the lobby into the meeting; opens the room's media where this is the first. Publishes nothing: the
 * caller knows whether others saw this participant before. Within `room.run`.
 * @returns a refusal where the media cannot be had; nothing has changed for the participant then
 */
export async function enterRoom(
  parts: ConferencingParts,
  room: Room,
  { member, privileged }: Entry,
): Promise<Refusal | undefined> {
  await advancePhase(parts, room, 'enter');
  if (room.mediaOwnerId === undefined && room.phase !== 'resetting') return refuse('ROOM.UNAVAILABLE');
  const { participantId, identity, endpoint, muted } = member.view;
  const othersHavePhones = room.entered().some(({ phone }) => phone !== undefined);
  if (member.phone !== undefined && room.phase === 'live') {
    const { endpointId } = member.phone;
    const attached = await parts.media.attachPhone(room, { participantId, endpointId, muted });
    if (!attached.ok) return attached;
  }
  if (othersHavePhones && room.phase === 'live') await parts.media.announce(room, CHIME);
  member.state = 'entered';
  const role = member.view.role === 'host' ? 'host' : roleOnEntry({ identity, endpoint, privileged }, room.views());
  member.view = { ...member.view, state: 'entered', role };
  room.startedAt ??= new Date(parts.clock.now()).toISOString();
  return undefined;
}
