import type { LiveCall, LiveLeg, MediaStats, Party } from '@carillon/contracts';
import type { CallId, DeviceId, LegId, OrganisationId, TrunkId } from '@carillon/domain';
import type { SessionCopy } from '@carillon/sip-stack';
import type { Call } from '../call/call.js';
import type { CallHistory } from '../call/history/call-history.js';
import type { Leg, LegEndpoint } from '../call/leg.js';
import { mustEncrypt } from '../trunks/trunk-encryption.js';
import type { PassedCopy } from './passed-copy.js';

/** An answered call as plain data: all that another process needs to go on with it. */
export interface CallCopy {
  readonly callId: CallId;
  readonly organisationId: OrganisationId;
  readonly direction: LiveCall['direction'];
  readonly from: Party;
  readonly to: LiveCall['to'];
  readonly startedAt: number;
  readonly answeredAt: number;
  readonly revision: number;
  readonly control: Call['control'];
  readonly outcomeIfAnswered: Call['outcomeIfAnswered'];
  readonly history: CallHistory;
  readonly redirections: number;
  readonly domain: string;
  readonly secure: boolean;
  readonly privateHeaders: readonly string[];
  readonly holdMusic: Call['holdMusic'];
  /** Of its ladder: which comes next. */
  readonly ladderPart: number;
  readonly led: LegId;
  readonly peer: LegId | null;
  readonly legs: readonly LegCopy[];
}

/** What is copied of a call that goes on. */
export type GoesOnCopy = CallCopy | PassedCopy;

export interface LegCopy {
  readonly legId: LegId;
  readonly role: LiveLeg['role'];
  readonly party: Party;
  readonly deviceId: DeviceId | null;
  readonly sipStatus: number | null;
  readonly presented: { readonly party: Party; readonly privacy: readonly string[] };
  readonly trunkId: TrunkId | null;
  /** Its call is to stay encrypted, whatever the trunk takes. */
  readonly mustEncrypt: boolean;
  readonly sessionUuid: string | null;
  readonly connectedUuid: string | null;
  readonly hold: Leg['hold'];
  /** Null where the leg is over. */
  readonly live: { readonly session: SessionCopy; readonly endpoint: LegEndpoint } | null;
  readonly reason: string | null;
  readonly stats: MediaStats | null;
}

/**
 * @param ladderPart that the other process begins
 * @returns undefined while the call is not answered, or something is under way in it
 */
export function copyCall(call: Call, ladderPart: number): CallCopy | undefined {
  const { led, peer, answeredAt } = call;
  const isBusy = call.ringing !== undefined || call.referral !== undefined;
  if (call.state !== 'answered' || answeredAt === null || led?.live !== true || isBusy) return undefined;
  const legs: LegCopy[] = [];
  for (const leg of call.legs) {
    const copy = copyLeg(leg);
    if (copy === undefined) return undefined;
    legs.push(copy);
  }
  return {
    callId: call.callId,
    organisationId: call.organisationId,
    direction: call.direction,
    from: call.from,
    to: call.to,
    startedAt: call.startedAt,
    answeredAt,
    revision: call.revision,
    control: call.control,
    outcomeIfAnswered: call.outcomeIfAnswered,
    history: call.history,
    redirections: call.redirections,
    domain: call.domain,
    secure: call.secure,
    privateHeaders: call.privateHeaders,
    holdMusic: call.holdMusic,
    ladderPart,
    led: led.legId,
    peer: peer?.legId ?? null,
    legs,
  };
}

/** Changes whenever a copy would be a different one. */
export function markOf(call: Call): string {
  let mark = `${call.revision} ${call.control} ${call.ringing === undefined} ${call.passedOn?.mark}`;
  for (const { session, hold, origin } of call.legs)
    mark +=
      session === undefined
        ? ` ${origin.invite?.state}`
        : ` ${hold} ${session.state} ${session.remoteTarget} ${session.localSdp}`;
  return mark;
}

function copyLeg(leg: Leg): LegCopy | undefined {
  const { session, endpoint, presented } = leg;
  const dialog = leg.live ? session?.copy() : undefined;
  if (leg.live && (dialog === undefined || endpoint === undefined || leg.awaitsAnswer)) return undefined;
  return {
    legId: leg.legId,
    role: leg.role,
    party: leg.party,
    deviceId: leg.deviceId,
    sipStatus: leg.sipStatus,
    presented: { party: presented.party, privacy: [...presented.privacy] },
    trunkId: leg.trunk?.trunkId ?? null,
    mustEncrypt: mustEncrypt(leg.trunk),
    sessionUuid: leg.sessionUuid ?? null,
    connectedUuid: leg.connectedUuid ?? null,
    hold: leg.hold,
    live: dialog === undefined || endpoint === undefined ? null : { session: dialog, endpoint },
    reason: leg.reason,
    stats: leg.stats,
  };
}
