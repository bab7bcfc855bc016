import type { Sound } from './wav.js';

const PATTERN_SECONDS = 0.6;
/** Normalised correlation from which two stretches of sound are the same. */
const SAME = 0.8;

/**
 * When the beginning of what is said is heard: at first, and each time that it is said anew.
 * @returns seconds from the start of the sound
 */
export function findRepeats({ samples, sampleRate }: Sound): number[] {
  const start = samples.findIndex((sample) => Math.abs(sample) > 0.02);
  if (start < 0) return [];
  const size = Math.round(sampleRate * PATTERN_SECONDS);
  const pattern = samples.subarray(start, start + size);
  const energyOf = (sound: Float64Array): number => sound.reduce((sum, sample) => sum + sample * sample, 0);
  const patternEnergy = energyOf(pattern);
  const found: number[] = [];
  let energy = energyOf(pattern);
  for (let at = start; at + size < samples.length; at++) {
    const [leaving = 0, entering = 0] = [samples[at], samples[at + size]];
    let product = 0;
    for (let i = 0; i < size; i++) product += (pattern[i] ?? 0) * (samples[at + i] ?? 0);
    if (product > SAME * Math.sqrt(patternEnergy * energy)) {
      const seconds = at / sampleRate;
      if (seconds - (found.at(-1) ?? -Infinity) > PATTERN_SECONDS) found.push(seconds);
    }
    energy += entering * entering - leaving * leaving;
  }
  return found;
}
