import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import type { Leg } from '../leg.js';

/**
 * What a party hears that is put on hold, or taken off it (RFC 5359 §2.3; the music is ours, no third server's). A phone
 * that plays something of its own is heard instead: the media plane listens for it.
 * @returns whether there is music
 */
export function soundHold(
  parts: CallParts,
  call: Call,
  { held, by }: { readonly held: Leg; readonly by: Leg },
): boolean {
  const music = by.hold !== 'none' && call.holdMusic === 'built-in';
  if (music) playHoldMusic(parts, held);
  else stopHoldMusic(parts, held);
  return music;
}

/** One after the other: what was decided last is what is heard. */
function playHoldMusic({ media }: CallParts, leg: Leg): void {
  leg.hearing = leg.hearing.then(() => media.playHoldMusic(leg));
}

export function stopHoldMusic({ media }: CallParts, leg: Leg): void {
  leg.hearing = leg.hearing.then(() => media.stopPlaying(leg));
}
