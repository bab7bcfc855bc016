import { describe, expect, it } from 'vitest';
import { readWavFacts } from './read-wav-facts.js';

function chunk(name: string, body: Buffer, length = body.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 0, 'latin1');
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}
const riff = (...chunks: Buffer[]): Buffer => Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), ...chunks]);
const format = Buffer.from([1, 0, 1, 0, 0x80, 0x3e, 0, 0, 0, 0x7d, 0, 0, 2, 0, 16, 0]);

describe('the header of a WAV file', () => {
  it('is found behind other chunks, of odd length too', () => {
    const wav = riff(chunk('LIST', Buffer.from('abc')), chunk('fmt ', format), chunk('data', Buffer.alloc(640)));
    expect(readWavFacts(wav)).toEqual({ sampleRate: 16_000, start: 56, length: 640 });
  });

  it('counts only what is there, in whole samples', () => {
    const wav = riff(chunk('fmt ', format), chunk('data', Buffer.alloc(9), 0xffff_ffff));
    expect(readWavFacts(wav)?.length).toBe(10);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no chunks', riff()],
    ['samples without a format', riff(chunk('data', Buffer.alloc(8)))],
    ['a format that is cut', riff(chunk('fmt ', format)).subarray(0, 30)],
    ['empty chunks for ever', riff(...Array.from({ length: 1_000 }, () => chunk('junk', Buffer.alloc(0))))],
  ])('is none in %s', (_what, wav) => {
    expect(readWavFacts(wav)).toBeUndefined();
  });

  it('is read without a failure whatever the octets are', () => {
    const good = riff(chunk('fmt ', format), chunk('data', Buffer.alloc(64)));
    for (let round = 0; round < 5_000; round += 1) {
      const broken = Buffer.from(good.subarray(0, Math.floor(Math.random() * good.length)));
      if (broken.length > 0) broken[Math.floor(Math.random() * broken.length)] = Math.floor(Math.random() * 256);
      expect(() => readWavFacts(broken)).not.toThrow();
    }
  });
});
