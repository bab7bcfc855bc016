import { describe, expect, it } from 'vitest';
import { PCMU_CODEC } from '../codecs/g711-codec.js';
import { goertzelOf } from '../testing/measure-tone.js';
import { IncomingAudio } from './incoming-audio.js';

const RATE = 8000;
const TICK_MS = 20;
const HERTZ = 400;
const LOUD = 8000;
/** Nothing is sent in a pause (RFC 3551 §4.1). */
const PAUSE_MS = 500;
const SECONDS = 2;

interface Arrival {
  readonly packetMs: number;
  /** Every other packet comes so much later. */
  readonly lateMs: number;
}

/** A tone, a pause, and the tone again. @returns how loud each 20 ms is that was heard of the first, and of the second */
function heard({ packetMs, lateMs }: Arrival): [number[], number[]] {
  const packets = packetsOf(packetMs);
  const spurt = packets.length / 2;
  const arrivals = packets.map(
    (_, index) => (index + 1) * packetMs + (index >= spurt ? PAUSE_MS : 0) + (index % 2) * lateMs,
  );
  const audio = new IncomingAudio(PCMU_CODEC);
  const levels: [number[], number[]] = [[], []];
  let sequence = 0;
  for (let nowMs = 0; sequence < packets.length; nowMs += TICK_MS) {
    for (; (arrivals[sequence] ?? Infinity) <= nowMs; sequence += 1)
      audio.insert(sequence, packets[sequence] ?? new Uint8Array(0), PCMU_CODEC);
    const frame = audio.pull(lateMs / 4);
    const of = levels[sequence <= spurt ? 0 : 1];
    if (frame !== null || (of.length > 0 && sequence !== spurt))
      of.push(frame === null ? 0 : goertzelOf(frame, RATE, HERTZ));
  }
  audio.close();
  return levels;
}

function packetsOf(packetMs: number): Uint8Array[] {
  const encoder = PCMU_CODEC.createEncoder();
  const octets: number[] = [];
  for (let at = 0; at < 2 * SECONDS * RATE; at += 160) {
    const frame = Int16Array.from({ length: 160 }, (_, i) => LOUD * Math.sin((2 * Math.PI * HERTZ * (at + i)) / RATE));
    octets.push(...encoder.encode(frame));
  }
  const size = packetMs * 8;
  const whole = Math.floor(octets.length / size / 2) * 2;
  return Array.from({ length: whole }, (_, index) => Uint8Array.from(octets.slice(index * size, (index + 1) * size)));
}

describe.each([
  [10, 0],
  [20, 0],
  [20, 15],
  [30, 15],
  [40, 15],
  [60, 0],
  [60, 15],
  [60, 35],
])('packets of %i ms, every other one %i ms late', (packetMs, lateMs) => {
  it.each([
    ['at first', 0],
    ['after a pause', 1],
  ] as const)('are played without a gap %s', (_, which) => {
    const levels = heard({ packetMs, lateMs })[which].slice(0, -8);
    expect(levels.length).toBeGreaterThan(80);
    // What stands in for a late packet is quieter, and out of step.
    expect(levels.slice(1).filter((level) => level < LOUD * 0.9)).toEqual([]);
  });
});
