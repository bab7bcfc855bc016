import { createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { buildBindingRequest } from './build-binding-request.js';

const request = { username: 'evtj:h6vY', password: 'VOkJxbRl1RmTxUk/WvJxBt', priority: 0x6e0001ff };

/** Attributes by type, as RFC 8489 §14 lays them out. */
function attributesOf(message: Buffer): Map<number, { at: number; value: Buffer }> {
  const found = new Map<number, { at: number; value: Buffer }>();
  let at = 20;
  while (at < message.length) {
    const length = message.readUInt16BE(at + 2);
    found.set(message.readUInt16BE(at), { at, value: message.subarray(at + 4, at + 4 + length) });
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return found;
}

describe('a connectivity check', () => {
  const message = Buffer.from(buildBindingRequest({ ...request, tieBreaker: 0x932ff9b151263b36n }));
  const attributes = attributesOf(message);

  it('is a Binding request with the length and the magic cookie of RFC 8489', () => {
    expect(message.readUInt16BE(0)).toBe(1);
    expect(message.readUInt16BE(2)).toBe(message.length - 20);
    expect(message.readUInt32BE(4)).toBe(0x2112a442);
  });

  it('says what RFC 5769 §2.1 says in its attributes, and nominates', () => {
    expect(attributes.get(0x0006)?.value.toString()).toBe('evtj:h6vY');
    expect(attributes.get(0x0024)?.value.toString('hex')).toBe('6e0001ff');
    expect(attributes.get(0x802a)?.value.toString('hex')).toBe('932ff9b151263b36');
    expect(attributes.get(0x0025)?.value.length).toBe(0);
  });

  it('is signed over everything before, counting the signature in, and ends with a fingerprint', () => {
    const integrity = attributes.get(0x0008);
    const fingerprint = attributes.get(0x8028);
    const covered = Buffer.from(message.subarray(0, integrity?.at));
    covered.writeUInt16BE((integrity?.at ?? 0) + 24 - 20, 2);
    expect(integrity?.value).toEqual(createHmac('sha1', request.password).update(covered).digest());
    const expected = (crc32(message.subarray(0, fingerprint?.at)) ^ 0x5354554e) >>> 0;
    expect(fingerprint?.value.readUInt32BE()).toBe(expected);
    expect(fingerprint?.at).toBe(message.length - 8);
  });

  it('is another transaction each time', () => {
    const again = Buffer.from(buildBindingRequest({ ...request, tieBreaker: 1n }));
    expect(again.subarray(8, 20)).not.toEqual(message.subarray(8, 20));
  });
});
