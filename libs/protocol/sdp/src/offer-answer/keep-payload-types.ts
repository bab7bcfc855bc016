import type { MediaDescription } from '../session-description.js';
import { rtpFormatsOf } from '../views/rtp-formats.js';
import type { WrittenFormat } from './audio-section.js';

/** RFC 3551 §6 */
const FIRST_DYNAMIC = 96;
const LAST_DYNAMIC = 127;

/**
 * Within a session a payload type never comes to mean something else (RFC 3264 §8.3.2): what was said before keeps its
 * number, and what is new takes none that was used.
 *
 * @param said sections that either side has sent, the most recent first
 */
export function keepPayloadTypes(
  formats: readonly WrittenFormat[],
  said: readonly MediaDescription[],
): readonly WrittenFormat[] {
  const before = said.flatMap((media) => rtpFormatsOf(media));
  if (before.length === 0) return formats;
  const taken = new Set(before.map(({ payloadType }) => payloadType));
  return formats.map((format) => {
    const same = before.find(
      ({ name, clockRate, channels }) =>
        name.toLowerCase() === format.name.toLowerCase() &&
        clockRate === format.clockRate &&
        channels === format.channels,
    );
    const payloadType = same?.payloadType ?? freeType(format.payloadType, taken);
    taken.add(payloadType);
    return payloadType === format.payloadType ? format : { ...format, payloadType };
  });
}

function freeType(wanted: number, taken: ReadonlySet<number>): number {
  if (!taken.has(wanted)) return wanted;
  for (let payloadType = FIRST_DYNAMIC; payloadType <= LAST_DYNAMIC; payloadType++)
    if (!taken.has(payloadType)) return payloadType;
  return wanted;
}
