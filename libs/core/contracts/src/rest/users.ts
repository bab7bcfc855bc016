import { DeviceId, ExtensionNumber, MailboxId, Pin, Role, UserId } from '@carillon/domain';
import { z } from 'zod';
import { Timestamp } from '../outcome.js';
import { Name } from './fields.js';
import { route } from './route.js';
import { Password } from './session.js';

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

/** What is not of the admin's own organisation does not exist for them: 404. A number in use is 409 DIRECTORY.NUMBER_TAKEN. */
export const userRoutes = {
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
} as const;
