import { describe, expect, it } from 'vitest';
import { levelDbov } from '../audio/level.js';
import { HOLD_MUSIC_RATE, HoldMusic } from './hold-music.js';

function whole(music: HoldMusic): Int16Array {
  const samples = new Int16Array(music.length);
  for (let at = 0; at < music.length; at += 320) music.read(at, samples.subarray(at, at + 320));
  return samples;
}

describe('the music for who waits', () => {
  const samples = whole(new HoldMusic());

  it('lasts some twenty seconds, is never silent for long, and never louder than a voice', () => {
    expect(samples.length / HOLD_MUSIC_RATE).toBeGreaterThan(20);
    for (let at = 0; at + 8000 <= samples.length; at += 8000) {
      const level = levelDbov(samples.subarray(at, at + 8000));
      expect(level).toBeGreaterThan(-35);
      expect(level).toBeLessThan(-12);
    }
    expect(samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)).toBeLessThan(32_767 * 0.4);
  });

  it('has neither a click within nor where it begins anew', () => {
    let steepest = 0;
    for (let at = 0; at < samples.length; at += 1) {
      const next = samples[(at + 1) % samples.length] ?? 0;
      steepest = Math.max(steepest, Math.abs(next - (samples[at] ?? 0)));
    }
    expect(steepest).toBeLessThan(5000);
  });

  it('sounds the same to who hears it first and to who hears it later, from anywhere', () => {
    const music = new HoldMusic();
    const first = new Int16Array(1000);
    const again = new Int16Array(1000);
    expect(music.read(16_000, first)).toBe(1000);
    expect(music.read(16_000, again)).toBe(1000);
    expect(again).toEqual(first);
    expect(first).toEqual(samples.slice(16_000, 17_000));
    expect(music.read(music.length - 10, first)).toBe(10);
    expect(music.read(music.length, first)).toBe(0);
  });
});
