import type { CommandOutput, CommandPayload } from '@carillon/contracts';
import type { ConferencingParts } from '../conferencing-parts.js';
import { snapshotOf } from '../room/room.js';
import { asMember } from './in-room.js';

export function snapshot(
  parts: ConferencingParts,
  payload: CommandPayload<'room.snapshot'>,
): Promise<CommandOutput<'room.snapshot'>> {
  return asMember(parts, payload, (room, member) =>
    Promise.resolve({ ok: true as const, room: snapshotOf(room, member) }),
  );
}
