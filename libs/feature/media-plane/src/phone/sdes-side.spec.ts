import { parseSessionDescription, readSdesKey, cryptosOf, type AgreedAudio } from '@carillon/sdp';
import { expect, it } from 'vitest';
import { agreeSdes, sdesLines, sdesToAnswer, sdesToOffer } from './sdes-side.js';

const KEY = Buffer.alloc(30, 5).toString('base64');
const SUITE = { name: 'AES_CM_128_HMAC_SHA1_80', keyLength: 16, saltLength: 14 };

/** What the other side said in its section. */
function agreed(...cryptos: string[]): AgreedAudio {
  const head = ['v=0', 'o=- 1 1 IN IP4 h', 's=-', 't=0 0', 'm=audio 9 RTP/SAVP 0'];
  const parsed = parseSessionDescription([...head, ...cryptos.map((value) => `a=crypto:${value}`)].join('\r\n'));
  if (!parsed.ok) throw new Error(parsed.code);
  return { remoteMedia: parsed.description.media[0] } as AgreedAudio;
}
const cryptoOf = (line: string) => cryptosOf(agreed(line).remoteMedia)[0]!;

it('offers a key of its own for each suite', () => {
  const lines = sdesLines(sdesToOffer('RTP/SAVP')).map(({ value }) => value ?? '');
  expect(lines.map((line) => line.split(' inline:')[0])).toEqual([
    '1 AES_CM_128_HMAC_SHA1_80',
    '2 AEAD_AES_256_GCM',
    '3 AES_CM_128_HMAC_SHA1_32',
  ]);
  expect(new Set(lines.map((line) => line.split(' inline:')[1])).size).toBe(3);
  expect(readSdesKey(cryptoOf(lines[0] ?? ''), SUITE)).toMatchObject({ key: { length: 16 }, mkiLength: 0 });
});

it('takes the answer with the tag and suite that were offered, and no other', () => {
  const side = sdesToOffer('RTP/SAVP');
  const taken = agreeSdes(side, agreed(`1 ${SUITE.name} inline:${KEY}|1:4`));
  expect(taken).toMatchObject({ kind: 'keys', keys: { suite: SUITE.name, receive: { mkiLength: 4 } } });
  expect(taken.kind === 'keys' && taken.keys.send.key).toEqual(side.ours[0]?.key);
  expect(agreeSdes(side, agreed(`2 ${SUITE.name} inline:${KEY}`))).toEqual({ kind: 'refused' });
  expect(agreeSdes(side, agreed(`1 ${SUITE.name} inline:QUJD`))).toEqual({ kind: 'refused' });
  expect(agreeSdes(side, agreed())).toEqual({ kind: 'refused' });
});

it('goes without keys where they were only an attempt (RFC 8643)', () => {
  expect(agreeSdes(sdesToOffer('RTP/AVP'), agreed())).toEqual({ kind: 'plain' });
});

it('answers with the offered tag, and keeps its key while the suite stays (RFC 4568 §7.1.4)', () => {
  const first = sdesToAnswer({ kind: 'none' }, 'RTP/SAVP', cryptoOf(`4 ${SUITE.name} inline:${KEY}`));
  const again = sdesToAnswer(first, 'RTP/SAVP', cryptoOf(`1 ${SUITE.name} inline:${KEY}`));
  expect(first.ours).toMatchObject([{ tag: 4, suite: SUITE.name }]);
  expect(again.ours).toEqual([{ ...first.ours[0], tag: 1 }]);
  const other = sdesToAnswer(first, 'RTP/SAVP', cryptoOf(`1 AES_CM_128_HMAC_SHA1_32 inline:${KEY}`));
  expect(other.ours[0]?.key).not.toEqual(first.ours[0]?.key);
});
