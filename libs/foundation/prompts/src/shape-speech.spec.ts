import { describe, expect, it } from 'vitest';
import { shapeSpeech } from './shape-speech.js';

const sampleRate = 16_000;
/** `level` 0…1, times in seconds. */
function tone(silence: number, sound: number, level: number): Int16Array {
  return Int16Array.from({ length: Math.round((2 * silence + sound) * sampleRate) }, (_, index) => {
    const at = index / sampleRate;
    if (at < silence || at >= silence + sound) return 0;
    return Math.round(Math.sin(2 * Math.PI * 440 * at) * level * 32_767);
  });
}
const rmsDb = (samples: Int16Array): number =>
  10 * Math.log10(samples.reduce((sum, sample) => sum + (sample / 32_768) ** 2, 0) / samples.length);

describe('shapeSpeech', () => {
  it.each([0.01, 0.1, 0.9])('brings a level of %d to -16 dBFS', (level) => {
    const shaped = shapeSpeech({ sampleRate, samples: tone(0.5, 2, level) });
    expect(shaped).toBeDefined();
    // Measured inside the sound, away from the quiet ends.
    expect(rmsDb(shaped!.samples.slice(sampleRate * 0.5, sampleRate * 1.5))).toBeCloseTo(-16, 0);
  });

  it('cuts the silence off both ends but not to the bone', () => {
    const shaped = shapeSpeech({ sampleRate, samples: tone(1, 1, 0.5) });
    expect(shaped!.samples.length / sampleRate).toBeGreaterThan(1.1);
    expect(shaped!.samples.length / sampleRate).toBeLessThan(1.2);
  });

  it('bends peaks instead of clipping them', () => {
    const clicks = tone(0, 1, 0.02).map((sample, index) => (index % 500 === 0 ? 20_000 : sample));
    const shaped = shapeSpeech({ sampleRate, samples: clicks });
    expect(Math.max(...shaped!.samples)).toBeLessThan(32_767 * 0.96);
  });

  it('finds nothing in silence', () => {
    expect(shapeSpeech({ sampleRate, samples: new Int16Array(1000) })).toBeUndefined();
    expect(shapeSpeech({ sampleRate, samples: new Int16Array(0) })).toBeUndefined();
  });
});
