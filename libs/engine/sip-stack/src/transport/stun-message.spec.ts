import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerBinding, buildBindingRequest, looksLikeStun, parseStun } from './stun-message.js';

/** RFC 5769 §2.1 to §2.3. */
const REQUEST =
  '000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf';
const RESPONSE_4 =
  '0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96';
const RESPONSE_6 =
  '010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c';
const ID = 'b7e7a701bc34d686fa87dfae';

describe('STUN messages', () => {
  it('of RFC 5769 are read, with their fingerprints', () => {
    expect(parseStun(Buffer.from(REQUEST, 'hex'))).toMatchObject({
      kind: 'request',
      transactionId: ID,
      unknown: [],
      fingerprint: true,
    });
    expect(parseStun(Buffer.from(RESPONSE_4, 'hex'))?.mapped).toEqual({ address: '192.0.2.1', port: 32_853 });
    expect(parseStun(Buffer.from(RESPONSE_6, 'hex'))?.mapped).toEqual({
      address: '2001:db8:1234:5678:11:2233:4455:6677',
      port: 32_853,
    });
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0:0:0:0:1'],
    ['::', '0:0:0:0:0:0:0:0'],
    ['fe80::1:2', 'fe80:0:0:0:0:0:1:2'],
  ])('carry the address %s there and back', (address, read) => {
    const request = parseStun(buildBindingRequest(Buffer.from(ID, 'hex')));
    if (request === undefined) throw new Error('No request');
    expect(parseStun(answerBinding(request, { address, port: 5060 }))).toMatchObject({
      ...{ kind: 'success', transactionId: ID, mapped: { address: read, port: 5060 } },
    });
  });

  it('with an attribute that must be known are refused with 420, naming it', () => {
    const plain = Buffer.from(`000100042112a442${ID}7fff0000`, 'hex');
    const request = parseStun(plain);
    expect(request?.unknown).toEqual([0x7fff]);
    const answer =
      request === undefined ? '' : answerBinding(request, { address: '192.0.2.1', port: 1 }).toString('hex');
    expect(answer).toMatch(/^0111....2112a442/);
    expect(answer).toContain('00000414');
    expect(answer).toContain('000a00027fff0000');
  });

  it('that were changed on their way are none', () => {
    const broken = Buffer.from(REQUEST, 'hex');
    broken[30] = 0;
    expect(parseStun(broken)).toBeUndefined();
    expect(parseStun(Buffer.from(REQUEST, 'hex').subarray(0, 40))).toBeUndefined();
  });

  it('of any octets never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
        const bytes = Buffer.concat([Buffer.from([0, 1, 0, tail.length & 0xfc, 0x21, 0x12, 0xa4, 0x42]), tail]);
        expect(looksLikeStun(bytes)).toBe(bytes.length >= 20);
        const found = parseStun(bytes);
        if (found !== undefined) answerBinding(found, { address: '::1', port: 9 });
      }),
      { numRuns: 2000 },
    );
  });
});
