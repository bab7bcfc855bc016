import { ExtensionNumber, TrunkId } from '@carillon/domain';
import { z } from 'zod';
import {
  DEFAULT_NEXT_TRUNK_STATUSES,
  NumberRule,
  StatusPattern,
  TrunkEncryption,
  TrunkNumber,
  TrunkState,
} from '../trunk.js';
import { route } from './route.js';

const Host = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\.?$|^[0-9a-f:.]{2,45}$/, {
    error: 'Enter a domain, such as sip.example.com, or an address',
  })
  .max(253);

const trunkFields = {
  name: z.string().trim().min(1, { error: 'Give it a name' }).max(80),
  enabled: z.boolean().default(true),
  host: Host,
  /** null lets the records of the domain decide (RFC 3263). */
  port: z.number().int().min(1).max(65_535).nullable().default(null),
  transport: z.enum(['udp', 'tcp', 'tls']).default('udp'),
  username: z.string().trim().min(1).max(128).nullable().default(null),
  registers: z.boolean().default(false),
  /** Addresses and networks (192.0.2.0/24) that calls come from, beside the host. */
  sourceAddresses: z
    .array(z.string().regex(/^[0-9a-fA-F:.]{2,45}(\/\d{1,3})?$/, { error: 'Enter an address or a network' }))
    .max(32)
    .default([]),
  /** Calls from elsewhere may prove themselves by user name and password. */
  challenges: z.boolean().default(false),
  trusted: z.boolean().default(false),
  maxCalls: z.number().int().min(1).max(2000).default(20),
  maxCallsPerSecond: z.number().int().min(1).max(200).default(5),
  outbound: z.array(NumberRule).max(64).default([]),
  inbound: z.array(TrunkNumber).max(1000).default([]),
  defaultExtension: ExtensionNumber.nullable().default(null),
  callerNumber: z
    .string()
    .regex(/^(\+?\d{1,32})?$/, { error: 'A number has digits, with a + in front at most' })
    .default(''),
  callerIdentity: z.enum(['main', 'user']).default('main'),
  priority: z.number().int().min(0).max(1000).default(10),
  mediaEncryption: TrunkEncryption.default('none'),
  /** Keys go to it over UDP and TCP as well, where whoever is on the way reads them (RFC 4568 §7.3 wants TLS). */
  keysInClear: z.boolean().default(false),
  /**
   * Where it takes SRTP alone and fails, its calls may go on over trunks in the clear. Else they go on over those that take them
   * with SRTP, and nowhere where there is none.
   */
  clearFallback: z.boolean().default(false),
  /** Its answers that lead to the next trunk; other refusals go back to the caller. One that does not answer always leads on. */
  nextTrunkStatuses: z
    .array(StatusPattern)
    .max(64)
    .transform((patterns) => [...new Set(patterns)])
    .default([...DEFAULT_NEXT_TRUNK_STATUSES]),
};

/** A trunk without its secret. */
export const Trunk = z.object({
  trunkId: TrunkId,
  ...trunkFields,
  hasPassword: z.boolean(),
  state: TrunkState.nullable(),
});
export type Trunk = z.infer<typeof Trunk>;

export const SaveTrunk = z
  .object({
    ...trunkFields,
    /** Absent keeps the one there is, null takes it away. It is never told again. */
    password: z.string().min(1).max(128).nullable().optional(),
  })
  .refine(({ registers, username }) => !registers || username !== null, {
    path: ['username'],
    error: 'Registering needs a user name',
  })
  .refine(({ challenges, username }) => !challenges || username !== null, {
    path: ['username'],
    error: 'Asking for a password needs a user name',
  })
  .refine(
    ({ mediaEncryption, transport, keysInClear }) => mediaEncryption === 'none' || transport === 'tls' || keysInClear,
    { path: ['mediaEncryption'], error: 'Its keys need TLS as transport: over UDP and TCP others can read them' },
  );
export type SaveTrunk = z.input<typeof SaveTrunk>;

export const TrunkTest = z.object({
  reachable: z.boolean(),
  status: z.number().int(),
  reason: z.string(),
  milliseconds: z.number().int(),
});
export type TrunkTest = z.infer<typeof TrunkTest>;

/** A trunk of another organisation does not exist: 404. */
export const trunkRoutes = {
  listTrunks: route({ method: 'GET', path: '/api/admin/trunks', access: 'admin', response: z.array(Trunk) }),
  createTrunk: route({ method: 'POST', path: '/api/admin/trunks', access: 'admin', body: SaveTrunk, response: Trunk }),
  updateTrunk: route({
    method: 'PUT',
    path: '/api/admin/trunks/:trunkId',
    access: 'admin',
    body: SaveTrunk,
    response: Trunk,
  }),
  deleteTrunk: route({ method: 'DELETE', path: '/api/admin/trunks/:trunkId', access: 'admin' }),
  testTrunk: route({
    method: 'POST',
    path: '/api/admin/trunks/:trunkId/test',
    access: 'admin',
    response: TrunkTest,
  }),
} as const;
