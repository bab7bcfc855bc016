import { ExtensionNumber, MediaEncryption, OrganisationId, TrunkId } from '@carillon/domain';
import { z } from 'zod';
import { command, outcome, Timestamp } from './outcome.js';

/** Numbers that go out over a trunk, and how they are dialled there. */
export const NumberRule = z.object({
  /** `X` is any digit; a `.` at the end stands for one or more further digits. */
  pattern: z
    .string()
    .regex(/^[0-9Xx*#+]{0,32}\.?$/, { error: 'Digits, X for any digit, and a dot at the end' })
    .min(1),
  strip: z.number().int().min(0).max(32).default(0),
  prepend: z
    .string()
    .regex(/^[0-9*#+]{0,24}$/, { error: 'Digits, +, * and # only' })
    .default(''),
});
export type NumberRule = z.infer<typeof NumberRule>;

/** A number of the organisation's at the provider, and the extension that it leads to. */
export const TrunkNumber = z.object({
  number: z.string().regex(/^\+?[0-9*#]{1,32}$/, { error: 'A number has digits, with a + in front at most' }),
  extension: ExtensionNumber,
});
export type TrunkNumber = z.infer<typeof TrunkNumber>;

/**
 * How the sound of calls over a trunk is protected: never by us, SRTP where the other side can, or no call without it.
 * Keys are in SDP (RFC 4568). Who calls us over it with SRTP is answered with SRTP, whatever is chosen here.
 */
export const TrunkEncryption = MediaEncryption.extract(['none', 'srtp-optional', 'srtp']);
export type TrunkEncryption = z.infer<typeof TrunkEncryption>;

/** How a trunk is doing. */
export const TrunkState = z.object({
  trunkId: TrunkId,
  /** Whether the other side answers OPTIONS; unknown before the first answer, and while the trunk is off. */
  reachable: z.enum(['unknown', 'yes', 'no']),
  registration: z.enum(['off', 'registering', 'registered', 'failed']),
  /** In words, where something is wrong: "403 Forbidden", "No answer". */
  problem: z.string().nullable(),
  calls: z.number().int(),
  checkedAt: Timestamp.nullable(),
});
export type TrunkState = z.infer<typeof TrunkState>;

const ofTrunk = z.object({ organisationId: OrganisationId, trunkId: TrunkId });

/** Handled by signalling. */
export const trunkCommands = {
  'trunk.list-states': command(z.object({ organisationId: OrganisationId }), outcome({ states: z.array(TrunkState) })),
  /** Asks the other side now (OPTIONS). Refused with TRUNK.NOT_FOUND. */
  'trunk.test': command(
    ofTrunk,
    outcome({ reachable: z.boolean(), status: z.number().int(), reason: z.string(), milliseconds: z.number().int() }),
  ),
} as const;
