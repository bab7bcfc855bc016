import type { Refusal } from '@carillon/contracts';
import type { ConferencingParts } from '../conferencing-parts.js';
import { refuse } from '../refuse.js';
import type { Room } from '../room/room.js';
import type { RoomRecord } from '../room-directory.js';
import { afterLeaving } from './after-leaving.js';
import { enterRoom, type Entry } from './enter-room.js';

export interface Newcomer extends Entry {
  /** Needs no host to be let in. */
  readonly trusted: boolean;
}

/** The door, for browsers and phones alike: into the meeting, or into its lobby. */
export async function admitOrWait(
  parts: ConferencingParts,
  record: RoomRecord,
  newcomer: Newcomer,
): Promise<Room | Refusal> {
  for (;;) {
    const room = parts.rooms.open(record);
    const outcome = await room.run(() => passDoor(parts, room, newcomer));
    // It ended while this one waited at the door: the next in opens it anew.
    if (outcome !== 'ended') return outcome;
  }
}

async function passDoor(parts: ConferencingParts, room: Room, newcomer: Newcomer): Promise<Room | Refusal | 'ended'> {
  if (room.phase === 'ended') return 'ended';
  const { member, trusted } = newcomer;
  const { participantId } = member.view;
  if (room.members.size >= parts.limits.participantsPerRoom) return refuse('ROOM.FULL');
  if (trusted || !(room.record.lobby || room.doorGuarded)) {
    const refusal = await enterRoom(parts, room, newcomer);
    if (refusal !== undefined) {
      await afterLeaving(parts, room);
      return refusal;
    }
  }
  room.members.set(participantId, member);
  const { organisationId, roomId } = room;
  parts.bus.publish('room.participant-joined', { organisationId, roomId, participant: member.view });
  return room;
}
