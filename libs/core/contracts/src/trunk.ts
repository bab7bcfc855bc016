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

/** A status of SIP, or all that begin with a digit: 503, 5xx. */
export const StatusPattern = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[4-6](\d\d|xx)$/, { error: 'A status from 400 to 699, or 4xx, 5xx, 6xx' });

/**
 * Answers of a trunk that say nothing of whom was called: it does not know us or has no line (401 to 403, 407, 408, 430, 439, 482,
 * 483, 494, 5xx), does not take the request (420, 421) or the sound (415, 488) as it was. Another one may (RFC 3261 §21).
 */
export const DEFAULT_NEXT_TRUNK_STATUSES: readonly string[] = [
  ...['401', '402', '403', '407', '408', '415', '420', '421', '430', '439', '482', '483', '488', '494', '5xx'],
];

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
