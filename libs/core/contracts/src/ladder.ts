import { CallId, OrganisationId } from '@carillon/domain';
import { z } from 'zod';
import { command, outcome, Timestamp } from './outcome.js';

/** A column of a ladder. */
export const LadderParticipant = z.object({
  /** A leg's id; `carillon`; `application:voicemail`. */
  id: z.string(),
  kind: z.enum(['caller', 'carillon', 'callee', 'application']),
  /** Who it is: "Bob Baker". */
  label: z.string(),
  /** Which of their phones: "Desk phone". */
  detail: z.string().nullable(),
});
export type LadderParticipant = z.infer<typeof LadderParticipant>;

const Address = z.object({ address: z.string(), port: z.number().int() });

/** A SIP message between Carillon and one participant, as it crossed the wire but for its secrets. */
export const LadderMessage = z.object({
  kind: z.literal('message'),
  /** Milliseconds since 1970, with a fraction. */
  at: z.number(),
  /** Who sent it (`in`) or got it (`out`). */
  participant: z.string(),
  direction: z.enum(['in', 'out']),
  /** udp, tcp, tls, ws, wss. */
  protocol: z.string(),
  local: Address,
  remote: Address,
  sipCallId: z.string(),
  /** Of CSeq: of the request, or of the one that is answered. */
  method: z.string(),
  cseq: z.number(),
  /** Null for a request. */
  status: z.number().int().nullable(),
  reason: z.string(),
  sdp: z.boolean(),
  /** How often the same octets crossed again. */
  repeats: z.number().int(),
  lastRepeatAt: z.number().nullable(),
  /** One character for each octet (ISO 8859-1), so that the message can be had back byte for byte. */
  octets: z.string(),
});
export type LadderMessage = z.infer<typeof LadderMessage>;

/** Something that Carillon decided, or a timer that fired, between the messages. */
export const LadderNote = z.object({
  kind: z.literal('note'),
  at: z.number(),
  participant: z.string().nullable(),
  category: z.enum(['decision', 'timer', 'limit']),
  /** Stable: `caller.authenticated`. */
  code: z.string(),
  text: z.string(),
});
export type LadderNote = z.infer<typeof LadderNote>;

export const LadderEntry = z.discriminatedUnion('kind', [LadderMessage, LadderNote]);
export type LadderEntry = z.infer<typeof LadderEntry>;

/** Everything that is kept of how one call went. Secrets are taken out before it is kept. */
export const Ladder = z.object({
  callId: CallId,
  startedAt: z.number(),
  /** Still going on: more may come. */
  live: z.boolean(),
  participants: z.array(LadderParticipant),
  /** In the order in which they happened. */
  entries: z.array(LadderEntry),
  /** Messages beyond the limits of one call. */
  notKept: z.number().int(),
  /** An INVITE that never became a call. */
  refused: z.object({ status: z.number().int(), from: z.string(), to: z.string() }).nullable(),
});
export type Ladder = z.infer<typeof Ladder>;

/** What an organisation keeps of its calls. */
export const LadderSettings = z.object({
  on: z.boolean().default(true),
  keepDays: z.number().int().min(1).max(3650).default(30),
  maxMegabytes: z.number().int().min(1).max(1_000_000).default(1024),
});
export type LadderSettings = z.infer<typeof LadderSettings>;

/** Where copies of an organisation's SIP messages go (HEPv3, e.g. to a Homer server). */
export const HepSettings = z.object({
  on: z.boolean().default(false),
  host: z.string().trim().max(253).default(''),
  port: z.number().int().min(1).max(65_535).default(9060),
  transport: z.enum(['udp', 'tcp']).default('udp'),
  /** Tells capture agents apart. */
  captureId: z.number().int().min(0).max(4_294_967_295).default(2001),
  /** Sealed; null sends none. */
  authKeySealed: z.string().nullable().default(null),
});
export type HepSettings = z.infer<typeof HepSettings>;

/** These parts of an organisation's settings; what is missing or broken is as it is by default. */
export const DiagnosticsSettings = z.object({
  ladder: LadderSettings.prefault({}).catch(LadderSettings.parse({})),
  hep: HepSettings.prefault({}).catch(HepSettings.parse({})),
});
export type DiagnosticsSettings = z.infer<typeof DiagnosticsSettings>;

/** Handled by signalling. */
export const ladderCommands = {
  /** Refused with LADDER.NOT_FOUND where nothing is kept of the call: too old, switched off, or of another organisation. */
  'ladder.read': command(z.object({ organisationId: OrganisationId, callId: CallId }), outcome({ ladder: Ladder })),
  /**
   * Sends the messages of a call to the collector, such as one that was away when the call took place; when they crossed is in
   * them. Refused with LADDER.NOT_FOUND, HEP.OFF or HEP.UNREACHABLE.
   */
  'ladder.send-hep': command(
    z.object({ organisationId: OrganisationId, callId: CallId }),
    outcome({ detail: z.string() }),
  ),
  /** Sends one message to the collector by the settings that are saved. `detail` says what can be known of its arrival. */
  'ladder.test-hep': command(z.object({ organisationId: OrganisationId }), outcome({ detail: z.string() })),
} as const;

/** An INVITE that was refused before it became a call, e.g. with a wrong password. */
export const RefusedInvite = z.object({
  callId: CallId,
  at: Timestamp,
  from: z.string(),
  to: z.string(),
  status: z.number().int(),
});
export type RefusedInvite = z.infer<typeof RefusedInvite>;
