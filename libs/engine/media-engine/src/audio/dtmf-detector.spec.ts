import { describe, expect, it } from 'vitest';
import { PCMU_CODEC } from '../codecs/g711-codec.js';
import { DtmfDetector } from './dtmf-detector.js';
import { dtmfToneSteps, DTMF_LAYOUT, ToneGenerator } from './tone-generator.js';

const FRAME = 160;
const RATE = 8000;
const PEAK = 32_768;

/** What it finds in this, as it comes through a phone of G.711, 20 ms after the other. */
function keysIn(sound: Int16Array): { key: string; durationMs: number }[] {
  const keys: { key: string; durationMs: number }[] = [];
  const detector = new DtmfDetector({
    onBegin: () => undefined,
    onEnd: (key, durationMs) => keys.push({ key, durationMs }),
  });
  const [encoder, decoder] = [PCMU_CODEC.createEncoder(), PCMU_CODEC.createDecoder()];
  const frame = new Int16Array(FRAME);
  for (let at = 0; at < sound.length; at += FRAME) {
    frame.fill(0);
    frame.set(sound.subarray(at, at + FRAME));
    const heard = new Int16Array(FRAME);
    decoder.decode(encoder.encode(frame), heard);
    detector.feed(heard);
  }
  detector.feed(null);
  return keys;
}

const namesOf = (sound: Int16Array): string =>
  keysIn(sound)
    .map(({ key }) => key)
    .join('');

/** Two tones with 60 ms before and behind them. */
function pair(
  [row, column]: readonly [number, number],
  {
    ms = 80,
    rowDb = -15,
    columnDb = -15,
    noiseDb = -Infinity,
  }: { ms?: number; rowDb?: number; columnDb?: number; noiseDb?: number } = {},
): Int16Array {
  const amplitude = (db: number): number => PEAK * 10 ** (db / 20);
  let seed = 1;
  const noise = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed / 0xffff_ffff - 0.5) * Math.sqrt(12) * (amplitude(noiseDb) / Math.SQRT2);
  };
  const [quiet, length] = [(60 * RATE) / 1000, (ms * RATE) / 1000];
  return Int16Array.from({ length: quiet * 2 + length }, (_, index) => {
    const at = index - quiet;
    if (at < 0 || at >= length) return noise();
    const sine = (hertz: number, db: number): number => amplitude(db) * Math.sin((2 * Math.PI * hertz * at) / RATE);
    return sine(row, rowDb) + sine(column, columnDb) + noise();
  });
}

const FIVE = [770, 1336] as const;

describe('keys as tones (ITU-T Q.24)', () => {
  it('are all told, in their order, and with how long they were held', () => {
    const steps = [...DTMF_LAYOUT].flatMap((key) => dtmfToneSteps(key, 80, 60));
    const sound = new Int16Array(steps.reduce((sum, { durationMs }) => sum + (durationMs * RATE) / 1000, 0));
    new ToneGenerator(steps, RATE).read(sound);
    const keys = keysIn(sound);
    expect(keys.map(({ key }) => key).join('')).toBe(DTMF_LAYOUT);
    for (const { durationMs } of keys) {
      expect(durationMs).toBeGreaterThanOrEqual(50);
      expect(durationMs).toBeLessThanOrEqual(110);
    }
  });

  it.each([
    ['held for 40 ms', { ms: 40 }],
    ['held for a second, once', { ms: 1000 }],
    ['loud', { rowDb: -7, columnDb: -7 }],
    ['quiet', { rowDb: -36, columnDb: -36 }],
    ['whose column is 6 dB weaker', { columnDb: -21 }],
    ['whose row is 3 dB weaker', { rowDb: -18 }],
    ['in noise 15 dB below', { ms: 100, noiseDb: -27 }],
  ] as const)('%s are told', (_name, how) => expect(namesOf(pair(FIVE, how))).toBe('5'));

  it.each([0.985, 1.015])('%f times off are told', (by) =>
    expect(namesOf(pair([FIVE[0] * by, FIVE[1] * by], { ms: 100 }))).toBe('5'),
  );

  it.each([
    ['shorter than 20 ms', pair(FIVE, { ms: 18 })],
    ['5 % off', pair([FIVE[0] * 1.05, FIVE[1] * 1.05])],
    ['with a row alone', pair(FIVE, { columnDb: -60 })],
    ['whose column is 14 dB weaker', pair(FIVE, { columnDb: -29 })],
    ['too quiet', pair(FIVE, { rowDb: -55, columnDb: -55 })],
    ['of two rows', pair([697, 941])],
    ['that ring', pair([440, 480], { ms: 400 })],
  ] as const)('%s are none', (_name, sound) => expect(namesOf(sound)).toBe(''));

  it('are one where 10 ms are missing, and two after a pause of 40 ms', () => {
    const sound = pair(FIVE, { ms: 200 });
    sound.fill(0, 1200, 1280);
    expect(namesOf(sound)).toBe('5');
    sound.fill(0, 1200, 1520);
    expect(namesOf(sound)).toBe('55');
  });

  it('are not heard in voices: buzzes of every pitch through every vowel', () => {
    const formants = [
      [270, 2290],
      [390, 1990],
      [530, 1840],
      [660, 1720],
      [730, 1090],
      [570, 840],
      [440, 1020],
      [300, 870],
      [640, 1190],
      [490, 1350],
    ] as const;
    let found = '';
    for (const [first, second] of formants)
      for (let pitch = 80; pitch <= 320; pitch += 30) found += namesOf(vowel(pitch, [first, second]));
    expect(found).toBe('');
  });
});

/** Half a second whose pitch rises a little, as in speech. */
function vowel(pitch: number, formants: readonly [number, number]): Int16Array {
  let phase = 0;
  const samples = Float64Array.from({ length: RATE / 2 }, (_, at) => {
    phase += (2 * Math.PI * pitch * (1 + (0.1 * at) / RATE)) / RATE;
    let sum = 0;
    for (let harmonic = 1; harmonic * pitch < 3600; harmonic += 1) {
      const hertz = harmonic * pitch;
      const near = (formant: number): number => 1 / (1 + ((hertz - formant) / 120) ** 2);
      sum += Math.sin(phase * harmonic) * (near(formants[0]) + 0.6 * near(formants[1]) + 0.04);
    }
    return sum;
  });
  const loudest = samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  return Int16Array.from(samples, (one) => (one / loudest) * 12_000);
}
