import type { RequestFailure } from '@carillon/sip-stack';
import type { Call } from '../call.js';
import type { PlaceTold } from '../headers/conveyed-location.js';
import { placesFor, tellsOfPlace } from '../headers/leg-headers.js';
import type { Leg } from '../leg.js';

const UNSUPPORTED_MEDIA_TYPE = 415;
/** RFC 6442 §4.3 */
const BAD_LOCATION = 424;
/** Of who is called, of our right to call, or of how busy it is there: these would be the same without the place of the caller. */
const WHATEVER_IT_SAYS: ReadonlySet<number> = new Set([
  ...[401, 402, 404, 407, 408, 410, 480, 482, 483, 484, 485, 486, 487],
  ...[503, 600, 603, 604, 607, 608],
]);

/**
 * No call for help is lost over what it says of the caller's place, whichever refusal a peer has for a multipart or a place that it
 * does not take (RFC 3261 §8.1.3.5, RFC 6442 §4.3). @returns how much of it goes along then, undefined where that changes nothing
 */
export function lessOfPlace(
  call: Call,
  leg: Leg,
  { told, failure: { cause, status } }: { readonly told: PlaceTold; readonly failure: RequestFailure },
): PlaceTold | undefined {
  if (cause !== 'response' || told === 'nothing' || !tellsOfPlace(call, leg)) return undefined;
  if (leg.isEmergency && status === BAD_LOCATION) return 'nothing';
  if (told !== 'all' || placesFor(call, leg).length === 0) return undefined;
  const isOfBody = leg.isEmergency ? status >= 400 && !WHATEVER_IT_SAYS.has(status) : status === UNSUPPORTED_MEDIA_TYPE;
  return isOfBody ? 'by-reference' : undefined;
}
