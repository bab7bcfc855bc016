/* oxlint-disable typescript/no-non-null-assertion -- The loops bound every index; a fallback would cost the hot path. */
import { clip16 } from './level.js';

/** Adds `frame` into `into`, which is returned; both have one length. Null is silence. */
export function addFrame(into: Int16Array, frame: Int16Array | null): Int16Array {
  if (frame === null) return into;
  for (let index = 0; index < into.length; index += 1) into[index] = clip16(into[index]! + frame[index]!);
  return into;
}
