import { randomBytes } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DeflateOften } from './deflate-often.js';

const dictionary = Buffer.from('SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP ');
const options = { level: 1, dictionary };
const pieces = [
  Buffer.from('SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n'.repeat(40)),
  Buffer.alloc(0),
  randomBytes(70_000),
  Buffer.from('v=0\r\n'),
  Buffer.alloc(300_000, 'a=sendrecv\r\n'),
];

describe('DeflateOften', () => {
  it('uses one compressor on this Node', () => {
    expect(new DeflateOften(options).reuses).toBe(true);
  });

  it('packs each piece so that it is read alone: of what came before nothing is left', () => {
    const deflate = new DeflateOften(options);
    for (const piece of [...pieces, ...pieces.toReversed()]) {
      const packed = deflate.deflate(piece);
      expect(inflateRawSync(packed, { dictionary }).equals(piece)).toBe(true);
      expect(packed.equals(new DeflateOften(options).deflate(piece))).toBe(true);
    }
  });

  it('leaves room in front, and gives memory that the next piece does not change', () => {
    const deflate = new DeflateOften(options);
    const packed = pieces.map((piece) => deflate.deflate(piece, 9));
    for (const [index, piece] of pieces.entries())
      expect(inflateRawSync(packed[index]?.subarray(9) ?? '', { dictionary }).equals(piece)).toBe(true);
  });

  it('goes on with a compressor for each piece after an error', () => {
    const deflate = new DeflateOften(options);
    const { stream } = deflate as unknown as { stream: { emit: (name: string, error: Error) => void } };
    stream.emit('error', new Error('the engine is broken'));
    expect(deflate.reuses).toBe(false);
    const [piece = Buffer.alloc(0)] = pieces;
    expect(inflateRawSync(deflate.deflate(piece), { dictionary })).toEqual(piece);
  });
});
