import type { Party } from '@carillon/contracts';
import type { DeviceId } from '@carillon/domain';
import { isSipsUri, type IncomingInvite } from '@carillon/sip-stack';
import { asksForEveryHop } from '../../inbound/asks-for-every-hop.js';
import type { Directory } from '../../routing/directory.js';
import type { Route } from '../../routing/route-call.js';
import { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { newSessionUuid, readSessionUuid } from '../headers/session-identifier.js';
import { historyOf } from '../history/call-history.js';
import type { Presented } from '../identity/present-party.js';
import { Leg } from '../leg.js';
import { remarks } from '../../ladder/remarks.js';
import type { Trunk } from '../../trunks/trunk.js';
import { leadCall } from './lead-call.js';

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
  /** An emergency service is asked for by its name. */
  readonly asksForHelp?: boolean;
}

/** A phone or a trunk calls: the call begins, and goes where its route leads. */
export async function startCall(parts: CallParts, beginning: CallBeginning): Promise<void> {
  const { invite, route } = beginning;
  const { call, led } = beginCall(parts, beginning);
  await leadCall(parts, call, led, { invite, steps: route.steps });
}

function beginCall(parts: CallParts, beginning: CallBeginning): { call: Call; led: Leg } {
  const { invite, directory, route, from, presented, deviceId, trunk } = beginning;
  const direction = trunk === undefined ? undefined : ('inbound' as const);
  const callId = parts.calls.newId();
  const { uriText } = invite.request;
  // What a trunk asks for, it means: profiles are for phones.
  const secure = trunk === undefined ? asksForEveryHop(uriText, invite, directory.deviceProfiles) : isSipsUri(uriText);
  const call = new Call({ directory, from, route, startedAt: parts.clock.now(), callId, direction, secure });
  call.asksForHelp = beginning.asksForHelp === true;
  call.history = historyOf(invite.request, { number: route.target.number, domain: call.domain });
  const led = new Leg('caller', from, deviceId, { kind: 'incoming', invite });
  led.presented = presented;
  led.trunk = trunk;
  led.sessionUuid = readSessionUuid(invite.request) ?? newSessionUuid();
  call.legs.push(led);
  call.led = led;
  parts.ladders.join(call, led, { sipCallId: invite.callId, device: trunk?.name ?? beginning.deviceName ?? null });
  if (isSipsUri(uriText) && !secure) parts.ladders.note(call, remarks.firstHopAlone());
  parts.ladders.note(call, remarks.routed(route));
  parts.calls.add(call);
  return { call, led };
}
