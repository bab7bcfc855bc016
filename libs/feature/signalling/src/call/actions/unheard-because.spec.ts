import { describe, expect, it } from 'vitest';
import { unheardBecause } from './unheard-because.js';

const KEY = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${Buffer.alloc(30, 9).toString('base64')}`;
const sdp = (...lines: string[]): string =>
  ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', ...lines, ''].join('\r\n');
const plain = sdp('m=audio 4000 RTP/AVP 0', 'a=sendrecv');
const secure = sdp('m=audio 4000 RTP/SAVP 0', KEY);
const optional = sdp('m=audio 4000 RTP/AVP 0', KEY);

describe('an answer', () => {
  it.each([
    ['in the clear to an offer in the clear', plain, plain],
    ['with feedback, which changes nothing', plain, sdp('m=audio 4000 RTP/AVPF 0 101')],
    ['with keys that were not asked for', plain, optional],
    ['without keys that were offered as an attempt (RFC 8643)', optional, plain],
    ['with the key that was offered', secure, secure],
    ['that declines, which the media plane says', plain, sdp('m=audio 0 RTP/SAVP 0')],
    ['that cannot be read, which the media plane says, too', plain, 'nonsense'],
    ['that is missing', plain, undefined],
  ])('is heard: %s', (_, offer, answer) => {
    expect(unheardBecause(offer, answer)).toBeUndefined();
  });

  it.each([
    ['encrypted, to an offer in the clear', plain, sdp('m=audio 4000 RTP/SAVP 0'), 'clear'],
    ['in the clear, to an encrypted offer', secure, plain, 'clear'],
    ['with a section more, and encrypted', plain, sdp('m=audio 4000 RTP/SAVP 0', 'm=audio 5000 RTP/AVP 0'), 'clear'],
    ['encrypted without a key', secure, sdp('m=audio 4000 RTP/SAVP 0'), 'without a key'],
  ])('is not heard: %s', (_, offer, answer, why) => {
    expect(unheardBecause(offer, answer)).toContain(why);
  });
});
