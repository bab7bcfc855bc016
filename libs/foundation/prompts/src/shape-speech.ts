import type { Speech } from './wav.js';

const FULL_SCALE = 32_768;
/** Level of the spoken parts, −16 dBFS: as loud as a caller with a good telephone. */
const TARGET_RMS = 10 ** (-16 / 20);
/** Frames this much weaker than the loudest are silence. */
const SILENCE_RATIO = 10 ** (-40 / 20);
const FRAME_MS = 10;
/** Silence that stays before and after, so that no consonant is cut and joined prompts do not run together. */
const LEAD_MS = 30;
const TAIL_MS = 120;
/** Peaks above the knee are bent towards the ceiling instead of being clipped. */
const KNEE = 0.6;
const CEILING = 0.95;

function frameLevels({ sampleRate, samples }: Speech): { frame: number; levels: number[] } {
  const frame = Math.max(1, Math.round((sampleRate * FRAME_MS) / 1000));
  const levels: number[] = [];
  for (let start = 0; start < samples.length; start += frame) {
    let sum = 0;
    const end = Math.min(start + frame, samples.length);
    for (let index = start; index < end; index++) sum += ((samples[index] ?? 0) / FULL_SCALE) ** 2;
    levels.push(Math.sqrt(sum / (end - start)));
  }
  return { frame, levels };
}

function bendPeak(value: number): number {
  const size = Math.abs(value);
  if (size <= KNEE) return value;
  return Math.sign(value) * (KNEE + (CEILING - KNEE) * Math.tanh((size - KNEE) / (CEILING - KNEE)));
}

/**
 * Cuts the silence off both ends and brings the spoken parts to −16 dBFS without clipping.
 * @returns undefined where nothing is heard at all
 */
export function shapeSpeech(speech: Speech): Speech | undefined {
  const { frame, levels } = frameLevels(speech);
  const threshold = Math.max(0, ...levels) * SILENCE_RATIO;
  const heard = levels.map((level) => level > threshold);
  const first = heard.indexOf(true);
  const last = heard.lastIndexOf(true);
  if (first < 0) return undefined;
  const { sampleRate, samples } = speech;
  const start = Math.max(0, first * frame - Math.round((sampleRate * LEAD_MS) / 1000));
  const end = Math.min(samples.length, (last + 1) * frame + Math.round((sampleRate * TAIL_MS) / 1000));
  const spoken = levels.filter((level) => level > threshold);
  const rms = Math.sqrt(spoken.reduce((sum, level) => sum + level ** 2, 0) / spoken.length);
  const gain = TARGET_RMS / rms;
  const shaped = samples
    .slice(start, end)
    .map((sample) => Math.round(bendPeak((sample / FULL_SCALE) * gain) * (FULL_SCALE - 1)));
  return { sampleRate, samples: shaped };
}
