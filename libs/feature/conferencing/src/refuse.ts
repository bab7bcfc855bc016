import type { Refusal } from '@carillon/contracts';

/** Why conferencing says no. */
const ROOM_REFUSALS = {
  'ROOM.NOT_FOUND': 'There is no such room',
  'ROOM.FULL': 'The room is full',
  'ROOM.NOT_IN_ROOM': 'There is no such participant in the room',
  'ROOM.IN_LOBBY': 'A host has to let you in first',
  'ROOM.NOT_ALLOWED': 'Only a host may do that',
  'ROOM.UNAVAILABLE': 'The meeting’s media cannot be opened at the moment',
} as const;
export type RoomRefusalCode = keyof typeof ROOM_REFUSALS;

export function refuse(code: RoomRefusalCode): Refusal {
  return { ok: false, code, detail: ROOM_REFUSALS[code] };
}
