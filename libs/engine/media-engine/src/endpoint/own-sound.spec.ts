import { describe, expect, it } from 'vitest';
import { OwnSound } from './own-sound.js';

const loud = new Int16Array(160).fill(3000);
const quiet = new Int16Array(160).fill(3);

/** For how many ticks it still counts as sounding, once it is quiet. */
function lastsAfter(ticksOfSound: number): number {
  const own = new OwnSound();
  for (let tick = 0; tick < ticksOfSound; tick += 1) expect(own.sounds(loud)).toBe(true);
  let ticks = 0;
  while (own.sounds(ticks % 2 === 0 ? quiet : null)) ticks += 1;
  return ticks;
}

describe('a phone that may play music of its own', () => {
  it('sounds when it sounds, and not by silence, sent or not', () => {
    const own = new OwnSound();
    expect(own.sounds(null)).toBe(false);
    expect(own.sounds(quiet)).toBe(false);
    expect(own.sounds(loud)).toBe(true);
  });

  it('may pause for seconds once it has played, but not after the end of a sentence', () => {
    expect(lastsAfter(10)).toBe(3);
    expect(lastsAfter(30)).toBe(150);
  });
});
