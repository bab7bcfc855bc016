import type { Party } from '@carillon/contracts';
import type { DeviceId } from '@carillon/domain';
import type { IncomingInvite } from '@carillon/sip-stack';
import type { Directory } from '../../routing/directory.js';
import type { Route } from '../../routing/route-call.js';
import { OUTCOME_OF_FAILURE, statusOfCode, type CallFailure } from '../call-failure.js';
import { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { passReasons } from '../headers/pass-headers.js';
import { newSessionUuid, readSessionUuid } from '../headers/session-identifier.js';
import { historyOf, isLoop } from '../history/call-history.js';
import type { Presented } from '../identity/present-party.js';
import { Leg } from '../leg.js';
import { remarks } from '../../ladder/remarks.js';
import type { Trunk } from '../../trunks/trunk.js';
import { endCall } from './end-call.js';
import { followRoute } from './follow-route.js';

/** Who calls, as `receiveInvite` found out. */
export interface CallBeginning {
  readonly invite: IncomingInvite;
  readonly directory: Directory;
  readonly route: Route;
  /** Who it really is: for the records. */
  readonly from: Party;
  /** How others see them. */
  readonly presented: Presented;
  /** The device, or the trunk, that it came from. */
  readonly deviceId: DeviceId | null;
  readonly deviceName?: string;
  readonly trunk?: Trunk;
}

/** A phone or a trunk calls: the call begins, and goes where its route leads. */
export async function startCall(parts: CallParts, beginning: CallBeginning): Promise<void> {
  const { invite, route } = beginning;
  const { call, led } = beginCall(parts, beginning);
  invite.onCancelled((reasons) =>
    endCall(parts, call, {
      outcome: 'cancelled',
      reason: 'Cancelled by the caller',
      sipStatus: 487,
      cause: passReasons(reasons),
    }),
  );
  if (route.steps.length === 0) {
    endCall(parts, call, { outcome: 'failed', reason: 'Unknown number', sipStatus: 404 });
    return;
  }
  if (isLoop(call.history, route.target.number)) {
    endCall(parts, call, { outcome: 'failed', reason: 'The number sent this call on before', sipStatus: 482 });
    return;
  }
  const opened = await parts.media.open(call, led, invite.offer === undefined ? {} : { offer: invite.offer });
  if (!opened.ok) {
    endCall(parts, call, { outcome: 'failed', reason: opened.code, sipStatus: statusOfCode(opened.code) });
    return;
  }
  if (invite.offer === undefined) led.offer = opened.sdp;
  await followRoute(parts, call, route, { exhausted: (failure) => endUntaken(parts, call, failure) });
}

function beginCall(parts: CallParts, beginning: CallBeginning): { call: Call; led: Leg } {
  const { invite, directory, route, from, presented, deviceId, trunk } = beginning;
  const inbound = trunk === undefined ? {} : { direction: 'inbound' as const };
  const call = new Call({ directory, from, route, startedAt: parts.clock.now(), ...inbound });
  call.history = historyOf(invite.request, { number: route.target.number, domain: call.domain });
  const led = new Leg('caller', from, deviceId, { kind: 'incoming', invite });
  led.presented = presented;
  led.trunk = trunk;
  led.sessionUuid = readSessionUuid(invite.request) ?? newSessionUuid();
  call.legs.push(led);
  call.led = led;
  parts.ladders.join(call, led, { sipCallId: invite.callId, device: trunk?.name ?? beginning.deviceName ?? null });
  parts.ladders.note(call, remarks.routed(route));
  parts.calls.add(call);
  return { call, led };
}

/** Nobody took the call. */
export function endUntaken(parts: CallParts, call: Call, failure: CallFailure): void {
  const { kind, reason, sipStatus, headers } = failure;
  endCall(parts, call, {
    outcome: OUTCOME_OF_FAILURE[kind],
    reason,
    sipStatus,
    ...(headers === undefined ? {} : { headers }),
  });
}
