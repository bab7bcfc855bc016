import type { Refusal } from '@carillon/contracts';
import type { OrganisationId, ParticipantId, RoomId } from '@carillon/domain';
import { joinRoom, leaveSeat } from './room-join.js';
import type { RequestHandler, RequestParts } from './request-parts.js';

interface InSeat {
  readonly organisationId: OrganisationId;
  readonly roomId: RoomId;
  readonly participantId: ParticipantId;
}

/** The participant that this connection is in the room; a browser never says who it is. */
async function fromSeat<Answer>(
  { seats, connection }: RequestParts,
  roomId: RoomId,
  ask: (me: InSeat) => Promise<Answer>,
): Promise<Answer | Refusal> {
  const seat = seats.of(connection, roomId);
  if (seat === undefined) return { ok: false, code: 'ROOM.NOT_IN_ROOM', detail: 'Join the room first' };
  const { organisationId, participantId } = seat;
  return ask({ organisationId, roomId, participantId });
}

const leave: RequestHandler<'room.leave'> = async (parts, { roomId }) => {
  const seat = parts.seats.of(parts.connection, roomId);
  if (seat !== undefined && parts.seats.drop(seat)) await leaveSeat(parts, seat);
  return { ok: true };
};

const snapshot: RequestHandler<'room.snapshot'> = (parts, { roomId }) =>
  fromSeat(parts, roomId, (me) => parts.bus.call('room.snapshot', me));

const media: RequestHandler<'room.media'> = (parts, { roomId, request }) =>
  fromSeat(parts, roomId, (me) => parts.bus.call('room.media', { ...me, request }));

const admit: RequestHandler<'room.admit'> = (parts, { roomId, participantId }) =>
  fromSeat(parts, roomId, (me) => parts.bus.call('room.admit', { ...me, participantId, by: me.participantId }));

const remove: RequestHandler<'room.remove'> = (parts, { roomId, participantId }) =>
  fromSeat(parts, roomId, (me) => parts.bus.call('room.remove', { ...me, participantId, by: me.participantId }));

const mute: RequestHandler<'room.mute'> = (parts, { roomId, participantId, muted }) =>
  fromSeat(parts, roomId, (me) => parts.bus.call('room.mute', { ...me, participantId, by: me.participantId, muted }));

const raiseHand: RequestHandler<'room.raise-hand'> = (parts, { roomId, raised }) =>
  fromSeat(parts, roomId, (me) => parts.bus.call('room.raise-hand', { ...me, raised }));

const end: RequestHandler<'room.end'> = (parts, { roomId }) =>
  fromSeat(parts, roomId, ({ organisationId, participantId }) =>
    parts.bus.call('room.end', { organisationId, roomId, by: participantId }),
  );

export const roomRequests = {
  'room.join': joinRoom,
  'room.leave': leave,
  'room.snapshot': snapshot,
  'room.media': media,
  'room.admit': admit,
  'room.remove': remove,
  'room.mute': mute,
  'room.raise-hand': raiseHand,
  'room.end': end,
} as const;
