import { expect, it } from 'vitest';
import { applyAnswer, parseSessionDescription, protectionProblem, type SessionDescription } from '../index.js';

const KEY = `inline:${Buffer.alloc(30, 9).toString('base64')}`;
const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const FINGERPRINT = 'a=fingerprint:sha-256 AA:BB';

function described(protocol: string, ...lines: string[]): SessionDescription {
  const head = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0'];
  const parsed = parseSessionDescription([...head, `m=audio 9000 ${protocol} 0`, ...lines, ''].join('\r\n'));
  if (!parsed.ok) throw new Error(parsed.code);
  return parsed.description;
}
const crypto = (tag: number, suite = SUITE): string => `a=crypto:${tag} ${suite} ${KEY}`;
const side = (session: SessionDescription) => ({ session, media: session.media[0]! });

const clear = described('RTP/AVP');
const sdes = described('RTP/SAVP', crypto(1), crypto(2, 'AEAD_AES_256_GCM'));
const optional = described('RTP/AVP', crypto(1));
const dtls = described('UDP/TLS/RTP/SAVP', FINGERPRINT, 'a=setup:actpass');

it.each([
  ['the clear with the clear', clear, clear, undefined],
  ['the clear with feedback', clear, described('RTP/AVPF'), undefined],
  ['keys with one of them', sdes, described('RTP/SAVP', crypto(2, 'AEAD_AES_256_GCM')), undefined],
  ['keys that may stay away with none', optional, clear, undefined],
  ['keys that may stay away with one of them', optional, described('RTP/AVP', crypto(1)), undefined],
  ['DTLS with a fingerprint', dtls, described('UDP/TLS/RTP/SAVP', FINGERPRINT, 'a=setup:active'), undefined],
  ['DTLS under the short name of older phones', dtls, described('RTP/SAVPF', FINGERPRINT), undefined],
  [
    'keys that may stay away with one of them, by the other name',
    optional,
    described('RTP/SAVP', crypto(1)),
    undefined,
  ],
  ['keys with one of them, by the name of the clear', sdes, described('RTP/AVP', crypto(1)), undefined],
  ['keys with the clear', sdes, described('RTP/AVP'), 'protocol'],
  ['the clear with keys', clear, described('RTP/SAVP', crypto(1)), 'protocol'],
  ['keys with none', sdes, described('RTP/SAVP'), 'no-keys'],
  ['keys with a fingerprint', sdes, described('RTP/SAVP', FINGERPRINT), 'no-keys'],
  ['keys with a suite under the tag of another', sdes, described('RTP/SAVP', crypto(2)), 'no-keys'],
  [
    'keys that may stay away with a suite nobody offered',
    optional,
    described('RTP/AVP', crypto(1, 'F8_128')),
    'no-keys',
  ],
  ['DTLS without fingerprint', dtls, described('UDP/TLS/RTP/SAVP'), 'no-keys'],
  ['DTLS with keys', dtls, described('RTP/SAVP', crypto(1)), 'no-keys'],
] as const)('answers %s: %#', (_what, offer, answer, problem) => {
  expect(protectionProblem(side(offer), side(answer))).toBe(problem);
  const applied = applyAnswer(offer, answer);
  expect(applied.ok ? undefined : applied.code).toBe(problem);
});
