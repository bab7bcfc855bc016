/* oxlint-disable typescript/no-non-null-assertion -- The loops bound every index; a fallback would cost the hot path. */
/** Level of silence in dBov (RFC 6464 §3). */
export const SILENCE_DBOV = -127;

/** Root mean square of a frame relative to full scale: 0 is the loudest square wave, a full-scale sine is -3. */
export function levelDbov(frame: Int16Array): number {
  let sum = 0;
  for (let index = 0; index < frame.length; index += 1) sum += frame[index]! * frame[index]!;
  if (sum === 0) return SILENCE_DBOV;
  return Math.max(SILENCE_DBOV, 10 * Math.log10(sum / frame.length / (32768 * 32768)));
}

/** Clips to 16 bits. */
export function clip16(value: number): number {
  return value > 32767 ? 32767 : value < -32768 ? -32768 : value;
}
