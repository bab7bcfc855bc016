import type { Refusal } from '@carillon/contracts';
import type { OrganisationId, ParticipantId, RoomId } from '@carillon/domain';
import type { ConferencingParts } from '../conferencing-parts.js';
import { refuse } from '../refuse.js';
import type { Member, Room } from '../room/room.js';

interface InRoom {
  readonly organisationId: OrganisationId;
  readonly roomId: RoomId;
}

/** Runs an action in a room in use, in its turn. */
export function inRoom<Answer>(
  { rooms }: ConferencingParts,
  { organisationId, roomId }: InRoom,
  action: (room: Room) => Promise<Answer>,
): Promise<Answer | Refusal> {
  const room = rooms.find(roomId, organisationId);
  if (room === undefined) return Promise.resolve(refuse('ROOM.NOT_FOUND'));
  return room.run(async () => (room.phase === 'ended' ? refuse('ROOM.NOT_FOUND') : action(room)));
}

/** As `inRoom`, for what a participant does itself. */
export function asMember<Answer>(
  parts: ConferencingParts,
  request: InRoom & { readonly participantId: ParticipantId },
  action: (room: Room, member: Member) => Promise<Answer>,
): Promise<Answer | Refusal> {
  return inRoom(parts, request, async (room) => {
    const member = room.members.get(request.participantId);
    return member === undefined ? refuse('ROOM.NOT_IN_ROOM') : action(room, member);
  });
}

/** As `inRoom`, for what one does to another (or itself). */
export function onMember<Answer>(
  parts: ConferencingParts,
  request: InRoom & { readonly participantId: ParticipantId; readonly by: ParticipantId },
  action: (room: Room, who: { target: Member; by: Member }) => Promise<Answer>,
): Promise<Answer | Refusal> {
  return asMember(parts, request, async (room, target) => {
    const by = room.members.get(request.by);
    return by === undefined ? refuse('ROOM.NOT_IN_ROOM') : action(room, { target, by });
  });
}

/** A host, and in the meeting itself. */
export function mayHost(member: Member): boolean {
  return member.view.role === 'host' && member.state === 'entered';
}
