import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  buildIceCandidate,
  cryptosOf,
  dtlsOf,
  groupsOf,
  iceOf,
  mediaAddressesOf,
  parseFormatParameters,
  parseIceCandidate,
  parseSessionDescription,
  rtpFormatsOf,
  ssrcsOf,
} from '../index.js';

function read(text: string) {
  const result = parseSessionDescription(text);
  if (!result.ok) throw new Error(`${result.code} at line ${result.line}`);
  const media = result.description.media[0];
  if (media === undefined) throw new Error('no media');
  return { session: result.description, media };
}

const browser = read(
  readFileSync(new URL('../../vectors/chromium/audio.offerWithCandidates.sdp', import.meta.url), 'utf8'),
);

const head = 'v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n';

describe('views', () => {
  it('read static payload types without a map, and leave out dynamic ones that have none', () => {
    const { media } = read(`${head}m=audio 9 RTP/AVP 9 0 99 300\na=fmtp:0 x`);
    expect(rtpFormatsOf(media).map(({ payloadType, name, fmtp }) => [payloadType, name, fmtp])).toEqual([
      [9, 'G722', undefined],
      [0, 'PCMU', 'x'],
    ]);
  });

  it('spend no time on blanks before a line separator', () => {
    const { media } = read(`${head}m=audio 9 RTP/AVP 0\na=fmtp:0${' '.repeat(40_000)}a\u2028a`);
    const begun = performance.now();
    expect(rtpFormatsOf(media)).toMatchObject([{ name: 'PCMU', fmtp: 'a\u2028a' }]);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it('read format parameters', () => {
    expect([...parseFormatParameters('minptime=10; UseInbandFec=1;0-15')]).toEqual([
      ['minptime', '10'],
      ['useinbandfec', '1'],
      ['0-15', ''],
    ]);
  });

  it('find RTCP beside RTP, at its own port, or on the same', () => {
    const rtcp = (lines: string) => {
      const { session, media } = read(`${head}m=audio 4000 RTP/AVP 0\n${lines}`);
      return mediaAddressesOf(session, media)?.rtcp;
    };
    expect(rtcp('')).toEqual({ address: '192.0.2.1', port: 4001 });
    expect(rtcp('a=rtcp:5005')).toEqual({ address: '192.0.2.1', port: 5005 });
    expect(rtcp('a=rtcp:5005 IN IP4 192.0.2.9')).toEqual({ address: '192.0.2.9', port: 5005 });
    expect(rtcp('a=rtcp-mux')).toEqual({ address: '192.0.2.1', port: 4000 });
  });

  it('read what a browser says of ICE, DTLS, bundle and sources', () => {
    const { session, media } = browser;
    const ice = iceOf(session, media);
    expect(ice?.usernameFragment).toMatch(/^\S{4,}$/);
    expect(ice?.candidates.length).toBeGreaterThan(0);
    expect(dtlsOf(session, media)).toMatchObject({ setup: 'actpass', fingerprints: [{ hash: 'sha-256' }] });
    expect(groupsOf(session)).toEqual([{ semantics: 'BUNDLE', mids: ['0'] }]);
    expect([...ssrcsOf(media).values()][0]?.has('cname')).toBe(true);
    for (const candidate of ice?.candidates ?? [])
      expect(parseIceCandidate(buildIceCandidate(candidate))).toEqual(candidate);
  });

  it('read SDES keys', () => {
    const { media } = read(
      `${head}m=audio 9 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20|1:4 KDR=1\na=crypto:x y z`,
    );
    expect(cryptosOf(media)).toEqual([
      {
        tag: 1,
        suite: 'AES_CM_128_HMAC_SHA1_80',
        inlineKey: 'PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR',
        keyOptions: ['2^20', '1:4'],
        sessionParameters: ['KDR=1'],
      },
    ]);
  });
});
