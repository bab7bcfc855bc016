import { CallId, DeviceId, EndpointId, LegId, OrganisationId, TrunkId, UserId } from '@carillon/domain';
import { z } from 'zod';
import { ShedCalls } from './border.js';
import { LiveCall } from './call.js';
import { command, JsonObject, outcome } from './outcome.js';
import { TrunkState } from './trunk.js';

/** What the processes of signalling tell each other alone; a process is named by its number, from 0. */

/** RFC 3261 §12 */
const DialogName = z.object({ callId: z.string(), localTag: z.string(), remoteTag: z.string() });

/** What others need of a leg to show it as a lamp, and to count it. */
export const LegFacts = z.object({
  legId: LegId,
  trunkId: TrunkId.nullable(),
  endpointId: EndpointId.nullable(),
  /** Its party wants to be anonymous. */
  hidden: z.boolean(),
  dialog: DialogName.nullable(),
});
export type LegFacts = z.infer<typeof LegFacts>;

export const CallFacts = z.object({ callId: CallId, legs: z.array(LegFacts) });
export type CallFacts = z.infer<typeof CallFacts>;

const Times = {
  callId: z.string(),
  cseq: z.number(),
  branchHash: z.number(),
  registeredAt: z.number(),
  expiresAt: z.number(),
};
const BindingName = { deviceId: DeviceId, key: z.string() };

/** A binding as the registrar keeps it; times are in milliseconds since 1970. */
export const SharedBinding = z.object({
  ...Times,
  device: z.object({
    organisationId: OrganisationId,
    userId: UserId,
    deviceId: DeviceId,
    sipUsername: z.string(),
    deviceName: z.string(),
  }),
  key: z.string(),
  contactText: z.string(),
  contactUri: z.string(),
  contactParameters: z.string(),
  contactExpires: z.number().optional(),
  q: z.number(),
  instance: z.string().nullable(),
  regId: z.number().nullable(),
  path: z.array(z.string()),
  gruuId: z.string().nullable(),
  protocol: z.enum(['udp', 'tcp', 'tls', 'ws', 'wss']),
  source: z.string(),
  flowId: z.string().nullable(),
  behindNat: z.boolean(),
  userAgent: z.string().nullable(),
  allow: z.string().nullable(),
  createdAt: z.number(),
});
export type SharedBinding = z.infer<typeof SharedBinding>;

const RemovalReason = z.enum(['unregistered', 'expired', 'removed', 'flow-broken']);

const SharedBan = z.object({
  source: z.string(),
  reason: z.enum(['scanner', 'wrong-credentials', 'unanswered-challenge', 'unknown-domain', 'malformed', 'flood']),
  domain: z.string().nullable(),
  since: z.number(),
  until: z.number(),
  times: z.number(),
  dropped: z.number(),
  /** Set where an administrator has ended it. */
  lifted: z.object({ at: z.number(), byUserId: UserId, byName: z.string(), organisationId: OrganisationId }).nullable(),
});
export type SharedBan = z.infer<typeof SharedBan>;

/** A call, a subscription or a publication as its process would need it; read by signalling alone. */
const Copy = z.object({
  key: z.string(),
  copy: JsonObject,
  /** It can go on in another process; where not, its phones can be told there that it is over. */
  goesOn: z.boolean(),
});

/** What limits count over all processes: `key` is a source, an account, both, a phone, or a trunk's id. */
const Counted = z.object({
  what: z.enum([
    'failed-source',
    'failed-account',
    'known',
    'gave-up',
    'forgotten-phone',
    'points',
    'forgiven',
    'messages',
    'trunk-starts',
  ]),
  key: z.string(),
  count: z.number(),
});
export type Counted = z.infer<typeof Counted>;

const Nothing = z.object({});

/** Addressed to one process: `signalling-<number>`. */
export const signallingProcessCommands = {
  'signalling.describe': command(
    Nothing,
    outcome({ healthy: z.boolean(), detail: z.string(), calls: z.number(), registrations: z.number() }),
  ),
  /** Its figures, as prom-client gives them. */
  'signalling.metrics': command(Nothing, outcome({ metrics: z.array(JsonObject) })),
  /** Its own calls in progress. */
  'signalling.calls': command(Nothing, outcome({ calls: z.array(LiveCall), facts: z.array(CallFacts) })),
  /** What overload has cost it. */
  'signalling.shed': command(Nothing, outcome({ admittedShare: z.number(), shed: z.array(ShedCalls) })),
  /** Gives a call of its own to the process `to`: it has it no more once this is answered. */
  'signalling.give-call': command(
    z.object({ organisationId: OrganisationId, callId: CallId, to: z.number().int().min(0) }),
    outcome({ copy: JsonObject }),
  ),
  /** Calls of a process that died: their phones are told that they are over. */
  'signalling.end-calls': command(z.object({ calls: z.array(Copy) }), outcome({ told: z.number() })),
  /** Of the process that started them: what process `process` had when it died, for the one in its place. */
  'signalling.take-over': command(
    z.object({ process: z.number().int().min(0) }),
    outcome({
      calls: z.array(Copy),
      subscriptions: z.array(Copy),
      publications: z.array(Copy),
      /** What phones have published in the other processes, which told of it before this one began. */
      publishedElsewhere: z.array(z.object({ process: z.number(), publications: z.array(Copy) })),
    }),
  ),
  /** All bindings that it knows, from the `start`-th on. */
  'signalling.bindings': command(
    z.object({ start: z.number().int().min(0), count: z.number().int().min(1).max(5_000) }),
    outcome({ bindings: z.array(SharedBinding) }),
  ),
} as const;

export const signallingProcessEvents = {
  'signalling.call-facts': CallFacts,
  /** What is new or different, and what is over; `anew`: nothing told before counts any more. */
  'signalling.copied': z.object({
    process: z.number(),
    what: z.enum(['calls', 'subscriptions', 'publications']),
    anew: z.boolean(),
    kept: z.array(Copy),
    gone: z.array(z.string()),
  }),
  'signalling.binding-kept': z.object({ process: z.number(), binding: SharedBinding }),
  'signalling.bindings-refreshed': z.object({
    process: z.number(),
    bindings: z.array(z.object({ ...BindingName, ...Times })),
  }),
  'signalling.binding-removed': z.object({
    process: z.number(),
    ...BindingName,
    registeredAt: z.number(),
    reason: RemovalReason,
  }),
  'signalling.source-banned': z.object({ process: z.number(), ban: SharedBan }),
  /** What one process has counted since it told last. */
  'signalling.counted': z.object({ process: z.number(), counts: z.array(Counted) }),
  'signalling.trunk-state': z.object({ process: z.number(), state: TrunkState }),
  /** What the phones of a user publish in this process. */
  'signalling.presence-published': z.object({
    process: z.number(),
    organisationId: OrganisationId,
    userId: UserId,
    documents: z.array(z.string()),
  }),
  /** A process that is being stopped has said its goodbyes. */
  'signalling.process-quiet': z.object({ process: z.number() }),
  /** A process has ended, whatever it ended by. */
  'signalling.process-lost': z.object({ process: z.number() }),
} as const;
