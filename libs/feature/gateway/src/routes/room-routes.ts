import type { Tx } from '@carillon/database';
import { hashToken, newGuestToken, readGuestToken, readRoomPin, sealRoomPin, type SecretBox } from '@carillon/identity';
import { accepted, notFound } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { assignExtension } from './assign-extension.js';
import { changeDirectory } from './change-directory.js';
import { actorOf, inOwnOrganisation, type GatewayServices } from './gateway-services.js';

const WITH_PARTS = { extension: true } as const;
const BY_NAME = [{ name: 'asc' as const }, { id: 'asc' as const }];

async function findRoom(tx: Tx, id: string) {
  const room = await tx.room.findUnique({ where: { id }, include: WITH_PARTS });
  if (room === null) throw notFound('There is no such room');
  return room;
}

const guestUrlOf = (origin: string, token: string): string => `${origin}/guest/${token}`;

/** @param origin by which the reader reaches us: the guest link is made for it */
function describe(room: Awaited<ReturnType<typeof findRoom>>, box: SecretBox, origin: string) {
  const { id, name, extension, pinSealed, lobby, guestTokenSealed } = room;
  const token = readGuestToken(box, guestTokenSealed);
  return {
    ...{ roomId: id, name, lobby },
    extension: extension?.number ?? null,
    pin: readRoomPin(box, pinSealed),
    guestUrl: token === null ? null : guestUrlOf(origin, token),
  };
}

type RoomRoutes =
  'listRooms' | 'createRoom' | 'updateRoom' | 'deleteRoom' | 'rooms' | 'room' | 'renewGuestLink' | 'guestRoom';

export const roomRoutes = (services: GatewayServices): RouteHandlers<RoomRoutes> => ({
  async listRooms(request) {
    const rooms = await inOwnOrganisation(services, request, (tx) =>
      tx.room.findMany({ include: WITH_PARTS, orderBy: BY_NAME }),
    );
    return rooms.map((room) => describe(room, services.box, request.client.origin));
  },

  createRoom: (request) =>
    changeDirectory(services, request, async (tx) => {
      const { organisationId, userId } = request.principal;
      const { name, extension, pin, lobby } = request.body;
      const { guestTokenHash, guestTokenSealed } = newGuestToken(services.box);
      const secrets = { pinSealed: sealRoomPin(services.box, pin), guestTokenHash, guestTokenSealed };
      const { id } = await tx.room.create({ data: { organisationId, name, lobby, hostUserId: userId, ...secrets } });
      await assignExtension(tx, organisationId, extension, { kind: 'room', roomId: id });
      const after = { name, extension, lobby, hasPin: pin !== null };
      await services.audit.record(tx, { actor: actorOf(request), action: 'room.created', target: name, after });
      return describe(await findRoom(tx, id), services.box, request.client.origin);
    }),

  updateRoom: (request) =>
    changeDirectory(services, request, async (tx) => {
      const { name, extension, pin, lobby } = request.body;
      const before = await findRoom(tx, request.params.roomId);
      await tx.room.update({
        where: { id: before.id },
        data: { name, lobby, pinSealed: sealRoomPin(services.box, pin) },
      });
      await assignExtension(tx, before.organisationId, extension, { kind: 'room', roomId: before.id });
      await services.audit.record(tx, {
        ...{ actor: actorOf(request), action: 'room.updated', target: name },
        before: {
          name: before.name,
          extension: before.extension?.number ?? null,
          lobby: before.lobby,
          hasPin: before.pinSealed !== null,
        },
        after: { name, extension, lobby, hasPin: pin !== null },
      });
      return describe(await findRoom(tx, before.id), services.box, request.client.origin);
    }),

  deleteRoom: (request) =>
    changeDirectory(services, request, async (tx) => {
      const { id, name, extension } = await findRoom(tx, request.params.roomId);
      await tx.room.delete({ where: { id } });
      const before = { name, extension: extension?.number ?? null };
      await services.audit.record(tx, { actor: actorOf(request), action: 'room.deleted', target: name, before });
    }),

  async rooms(request) {
    const { organisationId } = request.principal;
    const [rooms, live] = await Promise.all([
      inOwnOrganisation(services, request, (tx) => tx.room.findMany({ include: WITH_PARTS, orderBy: BY_NAME })),
      services.bus.call('room.list-live', { organisationId }),
    ]);
    const inside = new Map(
      accepted(live).rooms.map(({ roomId, participants }): [string, number] => [
        roomId,
        participants.filter(({ state }) => state === 'entered').length,
      ]),
    );
    return rooms.map((room) => ({
      ...describe(room, services.box, request.client.origin),
      participants: inside.get(room.id) ?? 0,
    }));
  },

  async room(request) {
    const room = await inOwnOrganisation(services, request, (tx) => findRoom(tx, request.params.roomId));
    return describe(room, services.box, request.client.origin);
  },

  renewGuestLink: (request) =>
    changeDirectory(services, request, async (tx) => {
      const room = await findRoom(tx, request.params.roomId);
      const { token, guestTokenHash, guestTokenSealed } = newGuestToken(services.box);
      await tx.room.update({ where: { id: room.id }, data: { guestTokenHash, guestTokenSealed } });
      await services.audit.record(tx, { actor: actorOf(request), action: 'guest-link.renewed', target: room.name });
      return { guestUrl: guestUrlOf(request.client.origin, token) };
    }),

  async guestRoom({ params }) {
    const room = await services.database.asSystem('guest link', (tx) =>
      tx.room.findUnique({ where: { guestTokenHash: hashToken(params.guestToken) }, include: { organisation: true } }),
    );
    if (room === null) throw notFound('This link is no longer valid');
    return { roomId: room.id, roomName: room.name, organisationName: room.organisation.name };
  },
});
