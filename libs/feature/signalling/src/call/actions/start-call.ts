import type { IncomingInvite } from '@carillon/sip-stack';
import { partyOf, type Caller } from '../../inbound/caller.js';
import type { Route } from '../../routing/route-call.js';
import { OUTCOME_OF_FAILURE, statusOfCode, type CallFailure } from '../call-failure.js';
import { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { Leg } from '../leg.js';
import { endCall } from './end-call.js';
import { followRoute } from './follow-route.js';

/** A phone calls: the call begins, and goes where its route leads. */
export async function startCall(
  parts: CallParts,
  { invite, caller, route }: { readonly invite: IncomingInvite; readonly caller: Caller; readonly route: Route },
): Promise<void> {
  const from = partyOf(caller.user);
  const call = new Call(caller.directory.organisationId, from, route, parts.clock.now());
  const led = new Leg('caller', from, caller.device.deviceId, { kind: 'incoming', invite });
  call.legs.push(led);
  call.led = led;
  parts.calls.add(call);
  invite.onCancelled(() =>
    endCall(parts, call, { outcome: 'cancelled', reason: 'Cancelled by the caller', sipStatus: 487 }),
  );
  if (route.steps.length === 0) {
    endCall(parts, call, { outcome: 'failed', reason: 'Unknown number', sipStatus: 404 });
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

/** Nobody took the call. */
export function endUntaken(parts: CallParts, call: Call, { kind, reason, sipStatus }: CallFailure): void {
  endCall(parts, call, { outcome: OUTCOME_OF_FAILURE[kind], reason, sipStatus });
}
