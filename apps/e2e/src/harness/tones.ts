import { readWav, writeWav, type Sound } from './wav.js';

const WINDOW_SECONDS = 0.1;
/** After the greeting of a mailbox. */
export const BEEP_HZ = 1000;
/** RMS below which a window counts as silence (about −52 dBFS). */
const SILENCE_RMS = 0.0025;

/** Writes a steady sine. @param hertz whole, so that one second follows another without a step. `level` is its peak, 0 … 1. */
export function writeTone(
  path: string,
  hertz: number,
  { seconds = 30, sampleRate = 8000, level = 0.3, channels = 1 } = {},
): string {
  const samples = new Float64Array(sampleRate);
  for (let i = 0; i < samples.length; i++) samples[i] = level * Math.sin((2 * Math.PI * hertz * i) / sampleRate);
  writeWav(path, { sampleRate, samples }, { channels, times: seconds });
  return path;
}

/** Power of one frequency within a window, as the mean square of that sine (Goertzel). */
function power(samples: Float64Array, hertz: number, sampleRate: number): number {
  const w = (2 * Math.PI * hertz) / sampleRate;
  const coefficient = 2 * Math.cos(w);
  let a = 0;
  let b = 0;
  for (const sample of samples) {
    const c = sample + coefficient * a - b;
    b = a;
    a = c;
  }
  const square = a * a + b * b - coefficient * a * b;
  return (2 * square) / (samples.length * samples.length);
}

export interface ToneMeasure {
  /** Seconds in which the tone holds more than a quarter of the sound's power and is no silence. */
  readonly seconds: number;
  /** RMS level of the tone in those seconds, dBFS; −Infinity where it was never heard. */
  readonly levelDb: number;
}

/** How long, and how loud, a tone is in a sound. */
export function measureTone(sound: Sound, hertz: number, share = 0.25): ToneMeasure {
  const size = Math.round(sound.sampleRate * WINDOW_SECONDS);
  let heard = 0;
  let sum = 0;
  for (let at = 0; at + size <= sound.samples.length; at += size) {
    const window = sound.samples.subarray(at, at + size);
    let total = 0;
    for (const sample of window) total += sample * sample;
    total /= size;
    if (Math.sqrt(total) < SILENCE_RMS) continue;
    const tone = power(window, hertz, sound.sampleRate);
    if (tone < share * total) continue;
    heard++;
    sum += tone;
  }
  return { seconds: heard * WINDOW_SECONDS, levelDb: heard === 0 ? -Infinity : 10 * Math.log10(sum / heard) };
}

export function measureToneInFile(path: string, hertz: number, share?: number): ToneMeasure {
  return measureTone(readWav(path), hertz, share);
}

/** Seconds that are no silence. */
export function loudSeconds(sound: Sound): number {
  const size = Math.round(sound.sampleRate * WINDOW_SECONDS);
  let loud = 0;
  for (let at = 0; at + size <= sound.samples.length; at += size) {
    let total = 0;
    for (const sample of sound.samples.subarray(at, at + size)) total += sample * sample;
    if (Math.sqrt(total / size) >= SILENCE_RMS) loud++;
  }
  return loud * WINDOW_SECONDS;
}
