import { describe, expect, it } from 'vitest';
import { PCMA_CODEC, PCMU_CODEC } from '../codecs/g711-codec.js';
import { G722_CODEC } from '../codecs/g722-codec.js';
import { IncomingAudio } from './incoming-audio.js';
import { JitterBuffer } from './jitter-buffer.js';

const octets = (value: number) => new Uint8Array(160).fill(value);

describe('the jitter buffer', () => {
  it('orders packets across the wrap and names the missing', () => {
    const buffer = new JitterBuffer();
    for (const sequence of [0xfffe, 1, 0xffff, 3]) buffer.insert(sequence, octets(sequence & 0xff), PCMU_CODEC);
    const shown = Array.from({ length: 7 }, () => {
      const output = buffer.pop();
      return output.kind === 'packet' ? output.payload[0] : output.kind;
    });
    expect(shown).toEqual([0xfe, 0xff, 'lost', 1, 'lost', 3, 'empty']);
  });

  it('discards the late, the doubled, and everything after a leap', () => {
    const buffer = new JitterBuffer();
    buffer.insert(10, octets(10), PCMU_CODEC);
    buffer.insert(10, octets(10), PCMU_CODEC);
    buffer.pop();
    buffer.insert(9, octets(9), PCMU_CODEC);
    expect(buffer.discarded).toBe(2);
    buffer.insert(5000, octets(1), PCMU_CODEC);
    expect(buffer.pop()).toMatchObject({ kind: 'packet' });
    expect(buffer.span).toBe(0);
  });
});

describe('incoming audio', () => {
  const frames = (audio: IncomingAudio, count: number) => Array.from({ length: count }, () => audio.pull(0) !== null);

  it('holds packets back first, then plays one frame a tick', () => {
    const audio = new IncomingAudio(PCMU_CODEC);
    audio.insert(1, octets(0), PCMU_CODEC);
    expect(audio.pull(0)).toBeNull();
    audio.insert(2, octets(0), PCMU_CODEC);
    expect(frames(audio, 1)).toEqual([true]);
  });

  it('conceals a short gap and falls silent in a long one', () => {
    const audio = new IncomingAudio(PCMU_CODEC);
    audio.insert(1, octets(0), PCMU_CODEC);
    audio.insert(2, octets(0), PCMU_CODEC);
    expect(frames(audio, 7)).toEqual([true, true, true, true, true, false, false]);
  });

  it('takes packets of 10 and 60 ms', () => {
    const audio = new IncomingAudio(PCMU_CODEC);
    audio.insert(1, new Uint8Array(480), PCMU_CODEC);
    audio.insert(2, new Uint8Array(80), PCMU_CODEC);
    audio.insert(3, new Uint8Array(80), PCMU_CODEC);
    expect(frames(audio, 4)).toEqual([true, true, true, true]);
    expect(audio.discardedPackets).toBe(0);
  });

  it('decodes each packet with its own codec, however they come', () => {
    const audio = new IncomingAudio(PCMA_CODEC);
    const loud = Int16Array.from({ length: 160 }, () => 8000);
    const inPcma = PCMA_CODEC.createEncoder().encode(loud);
    const inPcmu = PCMU_CODEC.createEncoder().encode(loud);
    audio.insert(1, inPcma, PCMA_CODEC);
    audio.insert(4, inPcma, PCMA_CODEC);
    audio.insert(3, inPcmu, PCMU_CODEC);
    audio.insert(2, inPcmu, PCMU_CODEC);
    for (let tick = 0; tick < 4; tick += 1)
      for (const sample of audio.pull(0) ?? [0]) expect(Math.abs(sample - 8000)).toBeLessThan(300);
  });

  it('gives frames at the rate of the packets, and hears the rest of the old rate out', () => {
    const audio = new IncomingAudio(PCMU_CODEC);
    audio.insert(1, new Uint8Array(240), PCMU_CODEC);
    audio.insert(2, G722_CODEC.silence, G722_CODEC);
    audio.insert(3, G722_CODEC.silence, G722_CODEC);
    audio.insert(4, octets(0), PCMU_CODEC);
    expect(Array.from({ length: 5 }, () => audio.pull(0)?.length)).toEqual([160, 160, 320, 320, 160]);
    expect(audio.discardedPackets).toBe(0);
  });

  it('waits longer when the network is uneven', () => {
    const audio = new IncomingAudio(PCMU_CODEC);
    for (let sequence = 1; sequence <= 3; sequence += 1) audio.insert(sequence, octets(0), PCMU_CODEC);
    expect(audio.pull(30)).toBeNull();
    for (let sequence = 4; sequence <= 6; sequence += 1) audio.insert(sequence, octets(0), PCMU_CODEC);
    expect(audio.pull(30)).not.toBeNull();
  });

  it('gives up delay when too much is held for too long', () => {
    const audio = new IncomingAudio(PCMU_CODEC);
    let sequence = 0;
    for (; sequence < 15; sequence += 1) audio.insert(sequence, octets(0), PCMU_CODEC);
    for (let tick = 0; tick < 600; tick += 1) {
      audio.insert(sequence, octets(0), PCMU_CODEC);
      sequence += 1;
      audio.pull(0);
    }
    expect(audio.discardedPackets).toBeGreaterThan(5);
    expect(audio.discardedPackets).toBeLessThan(15);
  });
});
