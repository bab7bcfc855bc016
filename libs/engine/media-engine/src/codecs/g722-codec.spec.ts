import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { MAX_DECODED_SAMPLES } from './audio-codec.js';
import { G722_CODEC } from './g722-codec.js';

const FRAME = 320;

/** Noise of growing loudness over a square wave: one second, by whole numbers alone. */
function sound(): Int16Array {
  let state = 1;
  return Int16Array.from({ length: 16_000 }, (_, at) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    const noise = ((state >> 8) & 0xffff) - 32_768;
    const square = Math.floor(at / 18) % 2 === 1 ? 3000 : -3000;
    const value = Math.floor((noise * (Math.floor(at / 800) % 21)) / 60) + square;
    return Math.max(-32_768, Math.min(32_767, value));
  });
}

function decoded(octets: Uint8Array, perPacket: number): Int16Array {
  const decoder = G722_CODEC.createDecoder();
  const into = new Int16Array(MAX_DECODED_SAMPLES);
  const heard = new Int16Array(octets.length * 2);
  for (let at = 0; at < octets.length; at += perPacket) {
    const count = decoder.decode(octets.subarray(at, at + perPacket), into);
    heard.set(into.subarray(0, count), at * 2);
  }
  decoder.close();
  return heard;
}

function encoded(samples: Int16Array): Uint8Array {
  const encoder = G722_CODEC.createEncoder();
  const octets = new Uint8Array(samples.length / 2);
  for (let at = 0; at < samples.length; at += FRAME)
    octets.set(encoder.encode(samples.subarray(at, at + FRAME)), at / 2);
  encoder.close();
  return octets;
}

const sha256 = ({ buffer, byteOffset, byteLength }: Uint8Array | Int16Array): string =>
  createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');

// The sums are those of SpanDSP's g722_encode and g722_decode for the same input, octet by octet.
it('encodes as another implementation of ITU-T G.722 does', () => {
  expect(sha256(encoded(sound()))).toBe('b876138aab9ec1d6a727ee612dd8f90b79c4fa623302f00d2460e7414dc54cd3');
});

it.each([80, 160, 240, 480])('decodes as another implementation does, in packets of %d octets', (perPacket) => {
  const heard = decoded(encoded(sound()), perPacket);
  expect(sha256(heard.subarray(0, 16_000))).toBe('3ddc1e000560f3b05f9d39bc56c41102e8fc8222e670b6c41ecb08ba17a255c0');
});
