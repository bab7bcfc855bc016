import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { amplitudeAt } from '../testing/measure-tone.js';
import { MAX_DECODED_SAMPLES, samplesPerFrame } from './audio-codec.js';
import { CODECS } from './codec-table.js';
import { LINEAR_TO_PCMA, PCMA_TO_LINEAR } from './pcma.js';
import { LINEAR_TO_PCMU, PCMU_TO_LINEAR } from './pcmu.js';

function vector(name: string): Buffer {
  return readFileSync(new URL(`../../test-vectors/${name}`, import.meta.url));
}

const tables = JSON.parse(vector('g711-decode-tables.json').toString()) as { pcmu: number[]; pcma: number[] };

describe('G.711', () => {
  it.each([
    ['PCMU', PCMU_TO_LINEAR, LINEAR_TO_PCMU, tables.pcmu, 'encode-ramp.pcmu'],
    ['PCMA', PCMA_TO_LINEAR, LINEAR_TO_PCMA, tables.pcma, 'encode-ramp.pcma'],
  ] as const)('%s decodes as the reference, and encodes no worse', (_name, toLinear, fromLinear, expected, ramp) => {
    expect([...toLinear]).toEqual(expected);
    const reference = vector(ramp);
    for (let sample = -32768; sample < 32768; sample += 1) {
      const ours = Math.abs(toLinear[fromLinear[sample & 0xffff]!]! - sample);
      const theirs = Math.abs(toLinear[reference[sample + 32768]!]! - sample);
      // At a decision threshold either neighbour is right; the steps differ by at most one there.
      if (ours > theirs + 8) throw new Error(`${sample}: off by ${ours}, the reference by ${theirs}`);
    }
  });

  it('gives every octet back', () => {
    for (let octet = 0; octet < 256; octet += 1) {
      expect(LINEAR_TO_PCMA[PCMA_TO_LINEAR[octet]! & 0xffff]).toBe(octet);
      // 0x7f and 0xff both are zero.
      const back = LINEAR_TO_PCMU[PCMU_TO_LINEAR[octet]! & 0xffff];
      expect(back).toBe(octet === 0x7f ? 0xff : octet);
    }
  });
});

describe.each(Object.values(CODECS))('$name', (codec) => {
  const samples = samplesPerFrame(codec.sampleRate);
  const tone = (at: number) =>
    Int16Array.from(
      { length: samples },
      (_, i) => 8000 * Math.sin((2 * Math.PI * 440 * (at * samples + i)) / codec.sampleRate),
    );

  it('carries a tone at its level, and goes on through a loss', () => {
    const encoder = codec.createEncoder();
    const decoder = codec.createDecoder();
    const into = new Int16Array(MAX_DECODED_SAMPLES);
    const out: number[] = [];
    for (let frame = 0; frame < 50; frame += 1) {
      const payload = encoder.encode(tone(frame)).slice();
      const count = frame === 25 ? decoder.conceal(into, samples) : decoder.decode(payload, into);
      expect(count).toBe(samples);
      out.push(...into.subarray(0, count));
    }
    const heard = Int16Array.from(out);
    expect(amplitudeAt(heard, codec.sampleRate, 440)).toBeGreaterThan(7000);
    expect(amplitudeAt(heard, codec.sampleRate, 440)).toBeLessThan(9000);
    const concealed = heard.subarray(25 * samples, 26 * samples);
    expect(amplitudeAt(concealed, codec.sampleRate, 440)).toBeGreaterThan(2000);
    encoder.close();
    decoder.close();
  });

  it('has a frame of silence that decodes to silence', () => {
    const decoder = codec.createDecoder();
    const into = new Int16Array(MAX_DECODED_SAMPLES);
    expect(decoder.decode(codec.silence, into)).toBe(samples);
    expect(Math.max(...into.subarray(0, samples).map(Math.abs))).toBeLessThan(10);
    decoder.close();
  });

  it('never throws on any payload', () => {
    const decoder = codec.createDecoder();
    const into = new Int16Array(MAX_DECODED_SAMPLES);
    for (let length = 0; length < 1400; length += 7) {
      const payload = Uint8Array.from({ length }, () => Math.random() * 256);
      expect(decoder.decode(payload, into)).toBeLessThanOrEqual(MAX_DECODED_SAMPLES);
    }
    decoder.close();
  });
});
