import { OrganisationId, UserId } from '@carillon/domain';
import { z } from 'zod';
import { command, outcome, Timestamp } from './outcome.js';

/** A source whose SIP messages are thrown away unread. */
export const SipBan = z.object({
  /**
   * An IPv4 address, the network of an IPv6 address (`2001:db8:1:2::/64`), or `address:port` where good devices are behind
   * the same address.
   */
  source: z.string(),
  reason: z.enum(['scanner', 'wrong-credentials', 'unanswered-challenge', 'unknown-domain', 'malformed', 'flood']),
  /** In plain words. */
  words: z.string(),
  /** SIP domain that it asked for last, where it named one. */
  domain: z.string().nullable(),
  since: Timestamp,
  until: Timestamp,
  /** How often within the last day, this time included. */
  times: z.number().int(),
  /** Messages thrown away because of it. */
  dropped: z.number().int(),
});
export type SipBan = z.infer<typeof SipBan>;

/** A ban that an administrator of this organisation has ended. */
export const LiftedBan = SipBan.pick({ source: true, reason: true, words: true, domain: true }).extend({
  liftedAt: Timestamp,
  /** Name of the administrator. */
  liftedBy: z.string(),
});
export type LiftedBan = z.infer<typeof LiftedBan>;

/** New calls that were turned away within one minute, for one reason. */
export const ShedCalls = z.object({
  minute: Timestamp,
  /**
   * `slow`: the server came too late with everything. `waiting`: too many calls waited to be set up, for the database or
   * media. `full`: as many calls were going on as it takes at all.
   */
  why: z.enum(['slow', 'waiting', 'full']),
  calls: z.number().int(),
});
export type ShedCalls = z.infer<typeof ShedCalls>;

/** How the border stands. */
export const BorderState = z.object({
  /** The newest first, 500 at most: those that asked for this organisation's domain, or for nobody's. */
  bans: z.array(SipBan),
  /** Those of the last day, the last one first. */
  lifted: z.array(LiftedBan),
  /** Share of new calls that is let in; below 1 the server is overloaded. */
  admittedShare: z.number().min(0).max(1),
  /** Of the last hour, the latest first. */
  shed: z.array(ShedCalls),
});
export type BorderState = z.infer<typeof BorderState>;

const ofOrganisation = z.object({ organisationId: OrganisationId });

export const borderCommands = {
  'border.describe': command(ofOrganisation, outcome({ state: BorderState })),
  /** Refusals: BORDER.NOT_BANNED. */
  'border.lift-ban': command(
    ofOrganisation.extend({
      source: z.string().max(100),
      by: z.object({ userId: UserId, displayName: z.string() }),
    }),
    outcome({}),
  ),
} as const;

/** The list of networks that are never banned has as many entries at most. */
export const MAX_SAFE_NETWORKS = 200;

export const borderEvents = {
  /** An operator has added or removed networks that are never banned. */
  'border.safe-networks-changed': z.object({}),
  /** Somebody logged in to the portal: whoever administers from an address must not lose it to a ban. */
  'portal.entered': ofOrganisation.extend({ userId: UserId, role: z.enum(['admin', 'staff']), address: z.string() }),
} as const;
