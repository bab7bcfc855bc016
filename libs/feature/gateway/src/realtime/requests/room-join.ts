import type { RealtimeOutput } from '@carillon/contracts';
import { UserId } from '@carillon/domain';
import type { Identity } from '../identify.js';
import { REALTIME_LIMITS } from '../realtime-limits.js';
import type { Seat } from '../seats.js';
import type { RequestHandler, RequestParts } from './request-parts.js';

type Answer = RealtimeOutput<'room.join'>;

function roomIdentity(identity: Identity) {
  if (identity.kind === 'guest') return { kind: 'guest' as const, name: identity.name };
  const { userId, role, displayName } = identity.principal;
  return { kind: 'user' as const, userId: UserId.parse(userId), admin: role === 'admin', name: displayName };
}

/** Comes into a meeting, or back to the seat that it was cut off from. */
export const joinRoom: RequestHandler<'room.join'> = (parts, input) => {
  const { connection } = parts;
  const turn = connection.joining.then(() => takeSeat(parts, input));
  connection.joining = turn.catch(() => undefined);
  return turn;
};

const takeSeat: RequestHandler<'room.join'> = async (parts, { roomId }) => {
  const { bus, seats, connection, afterAnswer } = parts;
  const seated = seats.of(connection, roomId);
  if (seated !== undefined) return (await rejoin(parts, seated)) ?? { ok: false, code: 'ROOM.NOT_IN_ROOM' };
  const vacant = seats.findVacant(connection, roomId);
  if (vacant !== undefined) {
    seats.resume(vacant, connection);
    const answer = await rejoin(parts, vacant);
    afterAnswer(() => seats.release(vacant));
    if (answer !== undefined) return answer;
  }
  if (seats.count(connection) >= REALTIME_LIMITS.seats) return { ok: false, code: 'REQUEST.TOO_MANY' };

  const meanwhile = seats.beginJoin(roomId);
  try {
    const { organisationId, identity } = connection;
    const joined = await bus.call('room.join', { organisationId, roomId, identity: roomIdentity(identity) });
    if (!joined.ok) return joined;
    const seat = seats.take(connection, joined, meanwhile.events);
    // Cut off while it joined: the seat waits like any other.
    if (!connection.socket.connected) seats.vacate(connection, parts.leave);
    afterAnswer(() => seats.release(seat));
    return joined;
  } finally {
    meanwhile.end();
  }
};

/** The room as it is now, for a seat that exists; undefined where conferencing no longer knows it. */
async function rejoin({ bus, seats }: RequestParts, seat: Seat): Promise<Answer | undefined> {
  const { organisationId, roomId, participantId } = seat;
  const found = await bus.call('room.snapshot', { organisationId, roomId, participantId });
  const self = found.ok ? found.room.participants.find((one) => one.participantId === participantId) : undefined;
  if (found.ok && self !== undefined) return { ok: true, participantId, state: self.state, room: found.room };
  seats.drop(seat);
  return undefined;
}

/** Tells conferencing that a seat's participant is gone for good. */
export async function leaveSeat({ bus }: Pick<RequestParts, 'bus'>, seat: Seat): Promise<void> {
  const { organisationId, roomId, participantId } = seat;
  await bus.call('room.leave', { organisationId, roomId, participantId });
}
