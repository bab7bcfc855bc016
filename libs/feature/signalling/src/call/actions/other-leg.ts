import type { Call } from '../call.js';
import type { Leg } from '../leg.js';

/** Whom a leg talks to; undefined where it is not one of the two, or an application has the other end. */
export function otherLeg(call: Call, leg: Leg): Leg | undefined {
  if (call.control !== 'signalling') return undefined;
  if (leg === call.led) return call.peer;
  return leg === call.peer ? call.led : undefined;
}
