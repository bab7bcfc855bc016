import {
  DeviceId,
  ExtensionNumber,
  IvrMenuId,
  MailboxId,
  Pin,
  RingGroupId,
  Role,
  RoomId,
  UserId,
} from '@carillon/domain';
import { z } from 'zod';
import { LiveCall, Registration } from '../call.js';
import { Timestamp } from '../outcome.js';
import { route } from './route.js';
import { Password } from './session.js';

const Name = z.string().trim().min(1).max(80);
const Email = z.email().trim().toLowerCase().max(254);

export const Device = z.object({
  deviceId: DeviceId,
  name: z.string(),
  sipUsername: z.string(),
  disabled: z.boolean(),
  createdAt: Timestamp,
});
export type Device = z.infer<typeof Device>;

/** What a phone is set up with. Shown once, when the device is made or its password renewed. */
export const DeviceCredentials = z.object({
  deviceId: DeviceId,
  sipUsername: z.string(),
  sipPassword: z.string(),
  domain: z.string(),
  host: z.string(),
  udpPort: z.number(),
  tcpPort: z.number(),
  /** Null where there is no TLS. */
  tlsPort: z.number().nullable(),
  wssUrl: z.string(),
});
export type DeviceCredentials = z.infer<typeof DeviceCredentials>;

export const User = z.object({
  userId: UserId,
  email: z.string(),
  displayName: z.string(),
  role: Role,
  /** Looks after the whole installation: an admin, whom other admins cannot change. */
  isOperator: z.boolean(),
  extension: z.string().nullable(),
  mailboxId: MailboxId.nullable(),
  disabled: z.boolean(),
  createdAt: Timestamp,
  devices: z.array(Device),
});
export type User = z.infer<typeof User>;

export const CreateUser = z.object({
  email: Email,
  displayName: Name,
  role: Role.default('staff'),
  extension: ExtensionNumber.nullable().default(null),
  voicemail: z.boolean().default(true),
  /** Name of a first SIP device, e.g. "Desk phone"; null for none. */
  device: Name.nullable().default('Desk phone'),
  /** Absent: one is generated and answered once. */
  password: Password.optional(),
  /** Absent: one is generated and answered once. */
  voicemailPin: Pin.optional(),
});
export type CreateUser = z.input<typeof CreateUser>;

/** The secrets here are shown this once. */
export const CreatedUser = z.object({
  user: User,
  generatedPassword: z.string().nullable(),
  voicemailPin: z.string().nullable(),
  credentials: DeviceCredentials.nullable(),
});

export const UpdateUser = z
  .object({
    email: Email,
    displayName: Name,
    role: Role,
    /** Given and taken by operators alone, to admins alone: 409 DIRECTORY.NOT_ADMIN. */
    isOperator: z.boolean(),
    extension: ExtensionNumber.nullable(),
    voicemail: z.boolean(),
    /** true ends the user's calls, registrations and sessions. */
    disabled: z.boolean(),
  })
  .partial();
export type UpdateUser = z.input<typeof UpdateUser>;

export const RingGroup = z.object({
  ringGroupId: RingGroupId,
  name: z.string(),
  extension: z.string(),
  ringSeconds: z.number().int(),
  memberIds: z.array(UserId),
});
export type RingGroup = z.infer<typeof RingGroup>;
export const SaveRingGroup = z.object({
  name: Name,
  extension: ExtensionNumber,
  ringSeconds: z.number().int().min(5).max(120).default(25),
  memberIds: z.array(UserId).max(50),
});

/** What a key of an IVR menu does. */
export const IvrAction = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('group'), ringGroupId: RingGroupId }),
  z.object({ kind: z.literal('user'), userId: UserId }),
  z.object({ kind: z.literal('voicemail'), mailboxId: MailboxId }),
  /** The caller dials an extension. */
  z.object({ kind: z.literal('dial-extension') }),
  z.object({ kind: z.literal('repeat') }),
  z.object({ kind: z.literal('hang-up') }),
]);
export type IvrAction = z.infer<typeof IvrAction>;

const ivrFields = {
  name: Name,
  extension: ExtensionNumber,
  /** Spoken by the built-in voice. */
  welcomeText: z.string().trim().min(1).max(2000),
  timeoutSeconds: z.number().int().min(1).max(30).default(5),
  /** How often nothing or a wrong key is handled before the call goes to the operator. */
  maxRetries: z.number().int().min(0).max(5).default(2),
  operatorUserId: UserId.nullable(),
  entries: z
    .array(z.object({ digit: z.string().regex(/^[0-9*#]$/), action: IvrAction }))
    .max(12)
    .refine((entries) => new Set(entries.map((entry) => entry.digit)).size === entries.length, {
      error: 'Each key can do one thing only',
    }),
};
export const IvrMenu = z.object({ ivrMenuId: IvrMenuId, ...ivrFields, extension: z.string() });
export type IvrMenu = z.infer<typeof IvrMenu>;
export const SaveIvrMenu = z.object(ivrFields);

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

export const Page = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const AuditEntry = z.object({
  auditId: z.string(),
  at: Timestamp,
  actorName: z.string(),
  address: z.string().nullable(),
  action: z.string(),
  target: z.string(),
  change: z.unknown(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const Overview = z.object({
  users: z.number(),
  registeredDevices: z.number(),
  callsNow: z.number(),
  callsToday: z.number(),
  missedToday: z.number(),
  sip: DeviceCredentials.pick({ domain: true, host: true, udpPort: true, tcpPort: true, tlsPort: true, wssUrl: true }),
});
export type Overview = z.infer<typeof Overview>;

/** What is not of the admin's own organisation does not exist for them: 404. A number in use is 409 DIRECTORY.NUMBER_TAKEN. */
export const adminRoutes = {
  overview: route({ method: 'GET', path: '/api/admin/overview', access: 'admin', response: Overview }),
  listUsers: route({ method: 'GET', path: '/api/admin/users', access: 'admin', response: z.array(User) }),
  createUser: route({
    method: 'POST',
    path: '/api/admin/users',
    access: 'admin',
    body: CreateUser,
    response: CreatedUser,
  }),
  getUser: route({ method: 'GET', path: '/api/admin/users/:userId', access: 'admin', response: User }),
  updateUser: route({
    method: 'PATCH',
    path: '/api/admin/users/:userId',
    access: 'admin',
    body: UpdateUser,
    response: User,
  }),
  deleteUser: route({ method: 'DELETE', path: '/api/admin/users/:userId', access: 'admin' }),
  resetPassword: route({
    method: 'POST',
    path: '/api/admin/users/:userId/password',
    access: 'admin',
    response: z.object({ generatedPassword: z.string() }),
  }),
  resetVoicemailPin: route({
    method: 'POST',
    path: '/api/admin/users/:userId/voicemail-pin',
    access: 'admin',
    response: z.object({ voicemailPin: z.string() }),
  }),
  addDevice: route({
    method: 'POST',
    path: '/api/admin/users/:userId/devices',
    access: 'admin',
    body: z.object({ name: Name }),
    response: DeviceCredentials,
  }),
  renewDevice: route({
    method: 'POST',
    path: '/api/admin/devices/:deviceId/credentials',
    access: 'admin',
    response: DeviceCredentials,
  }),
  updateDevice: route({
    method: 'PATCH',
    path: '/api/admin/devices/:deviceId',
    access: 'admin',
    body: z.object({ name: Name, disabled: z.boolean() }).partial(),
    response: Device,
  }),
  deleteDevice: route({ method: 'DELETE', path: '/api/admin/devices/:deviceId', access: 'admin' }),
  listRegistrations: route({
    method: 'GET',
    path: '/api/admin/registrations',
    access: 'admin',
    response: z.array(Registration),
  }),
  listLiveCalls: route({ method: 'GET', path: '/api/admin/calls/live', access: 'admin', response: z.array(LiveCall) }),
  endCall: route({ method: 'DELETE', path: '/api/admin/calls/live/:callId', access: 'admin' }),
  listRingGroups: route({
    method: 'GET',
    path: '/api/admin/ring-groups',
    access: 'admin',
    response: z.array(RingGroup),
  }),
  createRingGroup: route({
    method: 'POST',
    path: '/api/admin/ring-groups',
    access: 'admin',
    body: SaveRingGroup,
    response: RingGroup,
  }),
  updateRingGroup: route({
    method: 'PUT',
    path: '/api/admin/ring-groups/:ringGroupId',
    access: 'admin',
    body: SaveRingGroup,
    response: RingGroup,
  }),
  deleteRingGroup: route({ method: 'DELETE', path: '/api/admin/ring-groups/:ringGroupId', access: 'admin' }),
  listIvrMenus: route({ method: 'GET', path: '/api/admin/ivr-menus', access: 'admin', response: z.array(IvrMenu) }),
  createIvrMenu: route({
    method: 'POST',
    path: '/api/admin/ivr-menus',
    access: 'admin',
    body: SaveIvrMenu,
    response: IvrMenu,
  }),
  updateIvrMenu: route({
    method: 'PUT',
    path: '/api/admin/ivr-menus/:ivrMenuId',
    access: 'admin',
    body: SaveIvrMenu,
    response: IvrMenu,
  }),
  deleteIvrMenu: route({ method: 'DELETE', path: '/api/admin/ivr-menus/:ivrMenuId', access: 'admin' }),
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
  listAudit: route({
    method: 'GET',
    path: '/api/admin/audit',
    access: 'admin',
    query: Page,
    response: z.object({ entries: z.array(AuditEntry), nextCursor: z.string().nullable() }),
  }),
} as const;
