import type { CallId, DeviceId, OrganisationId, TrunkId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import type { UnfinishedCopy, UnfinishedEnd } from '@carillon/sip-stack';
import type { Reason } from '@carillon/sip-message';
import type { Call } from '../call/call.js';
import type { CallParts } from '../call/call-parts.js';
import { INTERRUPTED } from '../call/call-records.js';
import type { Leg } from '../call/leg.js';
import { wayToPhone } from '../registrar/way-to-phone.js';
import { wayToTrunk } from '../trunks/way-to-trunk.js';
import { ownerIdOf, type Place } from './place.js';

/** What the phones of a call that cannot go on elsewhere would have to be told. */
export interface CallEnding {
  readonly callId: CallId;
  readonly organisationId: OrganisationId;
  readonly legs: readonly LegEnding[];
}

interface LegEnding {
  readonly open: UnfinishedCopy;
  readonly trunkId: TrunkId | null;
  readonly deviceId: DeviceId | null;
}

/**
 * RFC 3261 §21.5.1: the caller may try again soon. Not 503, by which proxies and providers take all of us for out of
 * service (§16.7 item 6, RFC 3263 §4.3).
 */
const STATUS = 500;
const RETRY_AFTER_SECONDS = '2';
const WHY: Reason = { protocol: 'SIP', cause: STATUS, text: INTERRUPTED };

/** @returns undefined where no phone would have to be told */
export function copyEnding({ callId, organisationId, legs, passedOn }: Call): CallEnding | undefined {
  const endings: LegEnding[] = (passedOn?.unfinished() ?? []).map((side) => ({ ...side, trunkId: null }));
  for (const leg of legs) {
    const open = leg.live ? unfinishedOf(leg) : undefined;
    if (open !== undefined) endings.push({ open, trunkId: leg.trunk?.trunkId ?? null, deviceId: leg.deviceId });
  }
  return endings.length === 0 ? undefined : { callId, organisationId, legs: endings };
}

/** Ends a call of a process that died: who called hears so, who is called stops ringing. @returns how many were told */
export function endLeftCall(parts: CallParts, { callId, legs }: CallEnding): number {
  const { userAgent, trunks, logger } = parts;
  let told = 0;
  for (const { open, trunkId, deviceId } of legs) {
    const trunk = trunkId === null ? undefined : trunks.find(trunkId);
    const credentials = trunk === undefined ? undefined : trunks.credentialsOf(trunk);
    const end: UnfinishedEnd = {
      ...{ status: STATUS, headers: { 'Retry-After': RETRY_AFTER_SECONDS }, reason: WHY },
      ...(credentials === undefined ? {} : { credentials }),
      ...(deviceId === null ? {} : { way: wayToPhone(parts, deviceId, undefined) }),
      ...(trunk === undefined ? {} : { way: wayToTrunk(trunk) }),
    };
    if (userAgent.endUnfinished(open, end)) told += 1;
    else logger.info({ callId }, 'No way leads to a phone whose call ended with its process');
  }
  return told;
}

/** Ends calls of processes that died: their phones need not wait for another one in their place. @returns stops */
export function handleEndings(bus: Bus, parts: CallParts, place: Place): () => void {
  return bus.handle(
    'signalling.end-calls',
    ({ calls }) => {
      // Written by a process of ours that was started from the same files.
      const told = calls.map(({ copy }) => endLeftCall(parts, copy as unknown as CallEnding));
      return { ok: true, told: told.reduce((sum, one) => sum + one, 0) };
    },
    { ownerId: ownerIdOf(place.own) },
  );
}

function unfinishedOf({ session, origin }: Leg): UnfinishedCopy | undefined {
  return session === undefined ? origin.invite?.unfinished() : session.unfinished();
}
