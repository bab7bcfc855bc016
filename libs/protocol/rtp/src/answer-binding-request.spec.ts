import { describe, expect, it } from 'vitest';
import { answerBindingRequest } from './answer-binding-request.js';
import { buildBindingRequest } from './build-binding-request.js';
import { buildStunMessage, parseStunMessage, STUN_ATTRIBUTE, STUN_TYPE } from './stun-message.js';

/** RFC 5769 §2.1 to §2.3. */
const PASSWORD = 'VOkJxbRl1RmTxUk/WvJxBt';
const REQUEST =
  '000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf';
const RESPONSES = [
  [
    { address: '192.0.2.1', port: 32_853 },
    '0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96',
  ],
  [
    { address: '2001:db8:1234:5678:11:2233:4455:6677', port: 32_853 },
    '010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c',
  ],
] as const;
const octets = (hex: string): Buffer => Buffer.from(hex, 'hex');
const credentials = [{ usernameFragment: 'evtj', password: PASSWORD }];
/** RFC 5769 tells nothing of ours; its request comes from a controlled agent. */
const ours = { credentials, controlled: false };
const FROM = { address: '192.0.2.1', port: 32_853 };
const codeOf = (response: Uint8Array | undefined): number | undefined => {
  const value = parseStunMessage(response ?? Buffer.alloc(0))?.attributes.get(STUN_ATTRIBUTE.errorCode);
  return value === undefined ? undefined : (value[2] ?? 0) * 100 + (value[3] ?? 0);
};

describe('a STUN message', () => {
  it('is the one that RFC 5769 prints, signed and whole', () => {
    for (const hex of [REQUEST, ...RESPONSES.map(([, response]) => response)]) {
      const message = parseStunMessage(octets(hex));
      expect(message?.isSignedWith(PASSWORD)).toBe(true);
      expect(message?.isSignedWith('another')).toBe(false);
    }
  });

  it('with one octet changed, cut short or followed by more, is none, or not signed', () => {
    const whole = octets(REQUEST);
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      // Under another name the fingerprint is none, which what is signed can do without.
      if (at < whole.length - 8 || at > whole.length - 7) expect(parseStunMessage(changed)).toBeUndefined();
      expect(parseStunMessage(whole.subarray(0, at))).toBeUndefined();
    }
    expect(parseStunMessage(Buffer.concat([whole, Buffer.alloc(4)]))).toBeUndefined();
  });

  it('of random octets never throws', () => {
    for (let round = 0; round < 2000; round++) {
      const length = (round % 30) * 4;
      const noise = Buffer.from(Array.from({ length: 20 + length }, () => Math.floor(Math.random() * 256)));
      noise.writeUInt16BE(length, 2);
      noise.writeUInt32BE(0x2112a442, 4);
      const answered = answerBindingRequest(noise, ours, FROM);
      expect(answered?.proven ?? false).toBe(false);
    }
  });
});

describe('a connectivity check', () => {
  it.each(RESPONSES)('from %j is answered with that address, as RFC 5769 has it', (from, hex) => {
    const answered = answerBindingRequest(octets(REQUEST), ours, from);
    expect(answered).toMatchObject({ proven: true, nominated: false });
    const response = parseStunMessage(answered?.response ?? Buffer.alloc(0));
    const expected = parseStunMessage(octets(hex));
    expect(response?.type).toBe(STUN_TYPE.bindingSuccess);
    expect(response?.transactionId).toEqual(expected?.transactionId);
    expect(response?.attributes.get(STUN_ATTRIBUTE.xorMappedAddress)).toEqual(
      expected?.attributes.get(STUN_ATTRIBUTE.xorMappedAddress),
    );
    expect(response?.isSignedWith(PASSWORD)).toBe(true);
  });

  it('that nominates says so', () => {
    const check = buildBindingRequest({ username: 'evtj:them', password: PASSWORD, priority: 1, tieBreaker: 1n });
    expect(answerBindingRequest(check, ours, FROM)).toMatchObject({ proven: true, nominated: true });
  });

  it('is proven by new credentials and by old ones, for as long as both count', () => {
    const both = { ...ours, credentials: [{ usernameFragment: 'next', password: 'another' }, ...credentials] };
    expect(answerBindingRequest(octets(REQUEST), both, FROM)?.proven).toBe(true);
  });

  it.each([
    ['by nobody we know', 401, { username: 'else:them', password: PASSWORD }],
    ['with a wrong password', 401, { username: 'evtj:them', password: 'wrong' }],
  ])('%s is refused with %d', (_what, code, theirs) => {
    const check = buildBindingRequest({ ...theirs, priority: 1, tieBreaker: 1n });
    const answered = answerBindingRequest(check, ours, FROM);
    expect([answered?.proven, codeOf(answered?.response)]).toEqual([false, code]);
  });

  it('unsigned is refused with 400, with what nobody understands with 420', () => {
    const user = { type: STUN_ATTRIBUTE.username, value: Buffer.from('evtj:them') };
    const id = Buffer.alloc(12, 7);
    const unsigned = buildStunMessage(STUN_TYPE.bindingRequest, id, { attributes: [user] });
    expect(codeOf(answerBindingRequest(unsigned, ours, FROM)?.response)).toBe(400);
    const attributes = [user, { type: 0x7fff, value: Buffer.alloc(4) }];
    const odd = buildStunMessage(STUN_TYPE.bindingRequest, id, { attributes, password: PASSWORD });
    expect(codeOf(answerBindingRequest(odd, ours, FROM)?.response)).toBe(420);
  });

  it('of who takes itself for the controlled side is refused with 487 by who can be nothing else, whatever the tie-breakers', () => {
    const controlled = { credentials, controlled: true };
    const answered = answerBindingRequest(octets(REQUEST), controlled, FROM);
    expect([answered?.proven, codeOf(answered?.response)]).toEqual([false, 487]);
    // It switches only for who knows the password.
    expect(parseStunMessage(answered?.response ?? Buffer.alloc(0))?.isSignedWith(PASSWORD)).toBe(true);
    const leading = buildBindingRequest({ username: 'evtj:them', password: PASSWORD, priority: 1, tieBreaker: 1n });
    expect(answerBindingRequest(leading, controlled, FROM)?.proven).toBe(true);
  });

  it('that is an answer or an indication gets none', () => {
    expect(answerBindingRequest(octets(RESPONSES[0][1]), ours, FROM)).toBeUndefined();
    const indication = buildStunMessage(0x0011, Buffer.alloc(12), { attributes: [], password: PASSWORD });
    expect(answerBindingRequest(indication, ours, FROM)).toBeUndefined();
  });
});
