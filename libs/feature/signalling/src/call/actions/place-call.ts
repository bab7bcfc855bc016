import type { CommandPayload } from '@carillon/contracts';
import type { CommandAnswer } from '@carillon/event-bus';
import { partyOf } from '../../inbound/caller.js';
import { normaliseNumber, routeDialled, type Route } from '../../routing/route-call.js';
import { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { NO_PRIVACY } from '../identity/privacy.js';
import { endCall, failCall } from './end-call.js';
import { followRoute } from './follow-route.js';
import { ringUsers } from './ring-users.js';
import { endUntaken } from './end-untaken.js';

/** How long the user's own phones ring for a click to call. */
const OWN_RING_SECONDS = 30;

/** `call.place`: rings the user's own devices, and when one is picked up, the number. */
export async function placeCall(
  parts: CallParts,
  { organisationId, userId, number }: CommandPayload<'call.place'>,
): Promise<CommandAnswer<'call.place'>> {
  const directory = await parts.directories.of(organisationId);
  const user = directory?.users.get(userId);
  if (directory === undefined || user === undefined || user.disabled || parts.registrar.ofUser(userId).length === 0)
    return { ok: false, code: 'CALL.NO_DEVICE', detail: 'None of your phones is registered' };
  const route = routeDialled(directory, normaliseNumber(number), { callerUserId: userId, payerUserId: userId });
  if (route.steps.length === 0) return { ok: false, code: 'CALL.NO_ROUTE', detail: 'Nobody has this number' };
  const callId = parts.calls.newId();
  const call = new Call({ directory, from: partyOf(user), route, startedAt: parts.clock.now(), callId });
  parts.calls.add(call);
  ringOwnDevices(parts, call, route).catch((error: unknown) => failCall(parts, call, error));
  return { ok: true, callId: call.callId };
}

async function ringOwnDevices(parts: CallParts, call: Call, route: Route): Promise<void> {
  const { number, name, userId } = route.target;
  const result = await ringUsers(parts, call, {
    who: { userIds: call.from.userId === null ? [] : [call.from.userId], seconds: OWN_RING_SECONDS },
    role: 'caller',
    shown: { party: { number, name, userId }, privacy: NO_PRIVACY },
    attempt: call.beginAttempt(),
  });
  if (result.kind === 'given-up') return;
  if (result.kind !== 'answered') {
    endCall(parts, call, { outcome: 'cancelled', reason: 'Not picked up by the caller' });
    return;
  }
  call.led = result.leg;
  await followRoute(parts, call, route, { exhausted: (failure) => endUntaken(parts, call, failure) });
}
