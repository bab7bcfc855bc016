import type { CommandOutput, CommandPayload } from '@carillon/contracts';
import type { ConferencingParts } from '../conferencing-parts.js';
import { snapshotOf } from '../room/room.js';

export function listLive(
  { rooms }: ConferencingParts,
  { organisationId }: CommandPayload<'room.list-live'>,
): CommandOutput<'room.list-live'> {
  const live = rooms.ofOrganisation(organisationId).filter((room) => room.members.size > 0);
  return { ok: true, rooms: live.map((room) => snapshotOf(room, undefined)) };
}
