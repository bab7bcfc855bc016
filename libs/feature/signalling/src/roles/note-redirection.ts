import type { SipRequest } from '@carillon/sip-message';
import { endCall } from '../call/actions/end-call.js';
import type { CallParts } from '../call/call-parts.js';
import { Call } from '../call/call.js';
import { partyOf, type Caller } from '../inbound/caller.js';
import { remarks } from '../ladder/remarks.js';
import { Leg } from '../call/leg.js';
import type { CallBetweenPhones } from './choose-role.js';

/** Longest text of a contact in the history. */
const MOST_OF_A_CONTACT = 200;

/** Writes down who called whom and was told where (RFC 3261 §8.3): all that a redirect server ever knows of a call. */
export function noteRedirection(
  parts: CallParts,
  request: SipRequest,
  { caller, call: { directory, route, phones } }: { caller: Caller; call: CallBetweenPhones },
): void {
  const call = new Call({ directory, from: partyOf(caller.user), route, startedAt: parts.clock.now() });
  const led = new Leg('caller', call.from, caller.device.deviceId, { kind: 'outgoing', invite: undefined });
  const { number, name } = route.target;
  const legs = phones.map(({ binding, target }) => {
    const { userId, deviceId } = binding.device;
    const leg = new Leg('callee', { number, name, userId }, deviceId, { kind: 'outgoing', invite: undefined });
    leg.reason = target.uri.slice(0, MOST_OF_A_CONTACT);
    leg.sipStatus = 302;
    return leg;
  });
  call.legs.push(led, ...legs);
  call.led = led;
  parts.ladders.join(call, led, { sipCallId: request.callId ?? '', device: caller.device.name, passedOn: true });
  parts.ladders.note(call, remarks.routed(route));
  parts.calls.add(call);
  const contacts = legs.map(({ reason }) => reason).join(', ');
  endCall(parts, call, { outcome: 'redirected', reason: `Redirected to ${contacts}`, sipStatus: 302 });
}
