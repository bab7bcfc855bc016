import type { CommandOutput, CommandPayload } from '@carillon/contracts';
import { newId, ParticipantId } from '@carillon/domain';
import type { ConferencingParts } from '../conferencing-parts.js';
import { refuse } from '../refuse.js';
import { type Member, type Room, snapshotOf } from '../room/room.js';
import { admitOrWait } from './admit-or-wait.js';

/** A browser comes in: staff at once, guests through the lobby where the room has one. */
export async function join(
  parts: ConferencingParts,
  { organisationId, roomId, identity }: CommandPayload<'room.join'>,
): Promise<CommandOutput<'room.join'>> {
  const record = await parts.directory.findRoom(organisationId, roomId);
  if (record === undefined) return refuse('ROOM.NOT_FOUND');
  const isUser = identity.kind === 'user';
  const member: Member = {
    state: 'lobby',
    phone: undefined,
    view: {
      participantId: newId(ParticipantId),
      name: identity.name.trim().slice(0, parts.limits.nameLength) || 'Guest',
      endpoint: 'browser',
      identity: identity.kind,
      userId: isUser ? identity.userId : null,
      number: null,
      role: 'member',
      state: 'lobby',
      muted: false,
      mutedByHost: false,
      handRaised: false,
      joinedAt: new Date(parts.clock.now()).toISOString(),
    },
  };
  const privileged = isUser && (identity.admin || identity.userId === record.ownerUserId);
  const room = await admitOrWait(parts, record, { member, privileged, trusted: isUser });
  if ('ok' in room) return room;
  return answerOf(room, member);
}

function answerOf(room: Room, member: Member): CommandOutput<'room.join'> {
  const { participantId, state } = member.view;
  return { ok: true, participantId, state, room: snapshotOf(room, member) };
}
