import type { Participant } from '@carillon/contracts';
import type { ConferencingParts } from '../conferencing-parts.js';
import type { Member, Room } from '../room/room.js';

/** Changes what others see of a participant and tells them. */
export function updateView(
  { bus }: Pick<ConferencingParts, 'bus'>,
  { organisationId, roomId }: Pick<Room, 'organisationId' | 'roomId'>,
  member: Member,
  change: Partial<Participant>,
): void {
  member.view = { ...member.view, ...change };
  bus.publish('room.participant-updated', { organisationId, roomId, participant: member.view });
}
