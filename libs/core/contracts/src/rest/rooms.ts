import { ExtensionNumber, Pin, RoomId } from '@carillon/domain';
import { z } from 'zod';
import { Name } from './fields.js';
import { route } from './route.js';

export const Room = z.object({
  roomId: RoomId,
  name: z.string(),
  extension: z.string().nullable(),
  pin: z.string().nullable(),
  /** Guests wait until a host lets them in. */
  lobby: z.boolean(),
  guestUrl: z.string().nullable(),
});
export type Room = z.infer<typeof Room>;
export const SaveRoom = z.object({
  name: Name,
  extension: ExtensionNumber.nullable(),
  pin: Pin.nullable(),
  lobby: z.boolean().default(true),
});

/** A number in use is 409 DIRECTORY.NUMBER_TAKEN. */
export const roomRoutes = {
  listRooms: route({ method: 'GET', path: '/api/admin/rooms', access: 'admin', response: z.array(Room) }),
  createRoom: route({ method: 'POST', path: '/api/admin/rooms', access: 'admin', body: SaveRoom, response: Room }),
  updateRoom: route({
    method: 'PUT',
    path: '/api/admin/rooms/:roomId',
    access: 'admin',
    body: SaveRoom,
    response: Room,
  }),
  deleteRoom: route({ method: 'DELETE', path: '/api/admin/rooms/:roomId', access: 'admin' }),
} as const;
