import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import type { Leg } from '../leg.js';

/**
 * What a party hears that is put on hold, or taken off it (RFC 5359 §2.3; the music is ours, no third server's). A phone
 * that plays something of its own is heard instead: the media plane listens for it.
 */
export function soundHold(parts: CallParts, call: Call, { held, by }: { readonly held: Leg; readonly by: Leg }): void {
  if (by.hold !== 'none' && hasHoldMusic(call)) playHoldMusic(parts, held);
  else stopHoldMusic(parts, held);
}

export function hasHoldMusic({ holdMusic }: Call): boolean {
  return holdMusic === 'built-in';
}

/** One after the other: what was decided last is what is heard. */
function playHoldMusic({ media }: CallParts, leg: Leg): void {
  leg.hearing = leg.hearing.then(() => media.playHoldMusic(leg));
}

export function stopHoldMusic({ media }: CallParts, leg: Leg): void {
  leg.hearing = leg.hearing.then(() => media.stopPlaying(leg));
}
