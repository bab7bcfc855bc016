import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { retarget } from '../history/call-history.js';
import type { Leg } from '../leg.js';
import { announceParty } from './announce-party.js';
import { endCall } from './end-call.js';
import { stopHoldMusic } from './hold-music.js';

/**
 * Two calls of one user become one: whom each talked to now talk to each other, in the first call; the second ends.
 * @returns false where their media cannot be brought together: nothing has changed then
 */
export async function joinCalls(
  parts: CallParts,
  first: { readonly call: Call; readonly leaving: Leg; readonly staying: Leg },
  second: { readonly call: Call; readonly leg: Leg; readonly talking: Leg },
): Promise<boolean> {
  const { call, staying, leaving } = first;
  const { talking } = second;
  const connected = await parts.media.connect(staying, talking);
  if (!connected.ok || !staying.live || !talking.live) return false;
  if (leaving.hold !== 'none') stopHoldMusic(parts, staying);
  if (second.leg.hold !== 'none') stopHoldMusic(parts, talking);
  call.led = staying;
  call.peer = talking;
  moveLeg(parts, { leg: talking, from: second.call, to: call });
  call.history = retarget(call.history, { domain: call.domain, number: talking.party.number, diverts: false });
  endCall(parts, second.call, { outcome: 'answered', reason: 'Transferred' });
  announceParty(parts, call, { to: staying, about: talking, ledByOthers: true, wasHeld: leaving.hold !== 'none' });
  announceParty(parts, call, { to: talking, about: staying, ledByOthers: true, wasHeld: second.leg.hold !== 'none' });
  return true;
}

/** The leg belongs to another call from now on; what its dialog and its media tell is about that call. */
function moveLeg(parts: CallParts, { leg, from, to }: { leg: Leg; from: Call; to: Call }): void {
  from.legs.splice(from.legs.indexOf(leg), 1);
  if (from.led === leg) from.led = undefined;
  if (from.peer === leg) from.peer = undefined;
  to.legs.push(leg);
  parts.calls.moved(from.callId, to);
  const { session } = leg;
  if (session !== undefined) for (const behave of parts.behaviours) behave(parts, to, leg, session);
}
