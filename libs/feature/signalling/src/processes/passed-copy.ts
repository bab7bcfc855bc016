import type { LiveCall, LiveLeg, Party } from '@carillon/contracts';
import type { CallId, DeviceId, LegId, OrganisationId } from '@carillon/domain';
import { Call } from '../call/call.js';
import type { CallParts } from '../call/call-parts.js';
import { Leg } from '../call/leg.js';
import type { ProxiedCalls } from '../roles/proxied-calls.js';
import type { ProxiedDialogCopy } from '../roles/proxied-dialogs.js';
import { DEFAULT_CALL_POLICY } from '../routing/directory.js';
import { GOES_ON } from './goes-on.js';

/** An answered call that is only passed on, as plain data: its phones talk on whatever becomes of us, and its record stays open. */
export interface PassedCopy {
  readonly kind: 'passed';
  readonly callId: CallId;
  readonly organisationId: OrganisationId;
  readonly domain: string;
  readonly from: Party;
  readonly to: LiveCall['to'];
  readonly startedAt: number;
  readonly answeredAt: number;
  readonly revision: number;
  readonly ladderPart: number;
  readonly led: LegId;
  readonly peer: LegId | null;
  readonly legs: readonly PassedLegCopy[];
  readonly dialog: ProxiedDialogCopy;
}

interface PassedLegCopy {
  readonly legId: LegId;
  readonly role: LiveLeg['role'];
  readonly party: Party;
  readonly deviceId: DeviceId | null;
  readonly live: boolean;
  readonly reason: string | null;
  readonly sipStatus: number | null;
}

/** @returns undefined where it is no such call, or not answered yet */
export function copyPassed(call: Call, ladderPart: number): PassedCopy | undefined {
  const { callId, organisationId, domain, from, to, startedAt, answeredAt, revision, led, peer } = call;
  const dialog = call.state === 'answered' ? call.passedOn?.dialog() : undefined;
  if (dialog === undefined || answeredAt === null || led === undefined) return undefined;
  return {
    ...{
      kind: 'passed',
      callId,
      organisationId,
      domain,
      from,
      to,
      startedAt,
      answeredAt,
      revision,
      ladderPart,
      dialog,
    },
    led: led.legId,
    peer: peer?.legId ?? null,
    legs: call.legs.map(({ legId, role, party, deviceId, live, reason, sipStatus }) => ({
      ...{ legId, role, party, deviceId, live, reason, sipStatus },
    })),
  };
}

/** Goes on with the record of such a call: it is over when its BYE goes by here, or by any other sign of it. */
export function resumePassed(parts: CallParts, proxiedCalls: Pick<ProxiedCalls, 'watch'>, copy: PassedCopy): Call {
  const { callId, organisationId, domain, from, to, startedAt, answeredAt, revision, ladderPart } = copy;
  const directory = { organisationId, sipDomain: domain, callPolicy: DEFAULT_CALL_POLICY };
  const call = new Call({ directory, from, route: { target: to, steps: [] }, startedAt, callId });
  call.apply('answer', answeredAt);
  call.revision = revision;
  const legs = new Map(copy.legs.map((leg) => [leg.legId, resumeLeg(leg)]));
  call.legs.push(...legs.values());
  call.led = legs.get(copy.led);
  call.peer = copy.peer === null ? undefined : legs.get(copy.peer);
  parts.ladders.begunElsewhere(callId, ladderPart);
  parts.calls.resumed(call);
  if (call.led !== undefined)
    parts.ladders.join(call, call.led, { sipCallId: copy.dialog.sipCallId, device: null, passedOn: true });
  parts.ladders.note(call, GOES_ON);
  proxiedCalls.watch(call, copy.dialog);
  return call;
}

function resumeLeg({ legId, role, party, deviceId, live, reason, sipStatus }: PassedLegCopy): Leg {
  const leg = new Leg(role, party, deviceId, { kind: 'outgoing', invite: undefined, legId });
  leg.sipStatus = sipStatus;
  leg.apply('answer');
  if (!live) leg.apply('end');
  leg.reason = reason;
  return leg;
}
