import { expect, it } from 'vitest';
import {
  answerSetup,
  chooseCrypto,
  directionOf,
  dtlsRole,
  isDisabled,
  isNewDtlsAssociation,
  packetTimeToSend,
  readSdesKey,
  parseSessionDescription,
  setupFits,
  transportSectionOf,
  type MediaDescription,
  type SessionDescription,
} from '../index.js';

const SDES_KEY = Buffer.alloc(30, 5).toString('base64');

function sdp(...lines: string[]): { session: SessionDescription; media: MediaDescription } {
  const result = parseSessionDescription(['v=0', 'o=- 1 1 IN IP4 h', 's=-', 't=0 0', ...lines].join('\r\n'));
  const media = result.ok ? result.description.media[0] : undefined;
  if (!result.ok || media === undefined) throw new Error(JSON.stringify(result));
  return { session: result.description, media };
}

it('DTLS roles follow RFC 8842 §5', () => {
  expect([
    answerSetup('actpass'),
    answerSetup('actpass', 'passive'),
    answerSetup('passive'),
    answerSetup('active'),
  ]).toEqual(['active', 'passive', 'active', 'passive']);
  expect([answerSetup('holdconn'), answerSetup(undefined)]).toEqual(['holdconn', 'passive']);
  expect([dtlsRole('actpass', 'passive'), dtlsRole('passive', 'actpass'), dtlsRole('active', 'passive')]).toEqual([
    'client',
    'server',
    'client',
  ]);
  expect([dtlsRole('actpass', 'active'), dtlsRole('actpass', 'holdconn')]).toEqual(['server', undefined]);
  expect([setupFits('active', 'active'), setupFits('passive', 'active'), setupFits('actpass', 'actpass')]).toEqual([
    false,
    true,
    false,
  ]);
  expect([setupFits('holdconn', 'active'), setupFits('actpass', undefined), setupFits('active', undefined)]).toEqual([
    false,
    true,
    false,
  ]);
});

it('a new certificate, tls-id or turned role asks for a new association', () => {
  const lines = ['m=audio 9 UDP/TLS/RTP/SAVPF 0', 'a=fingerprint:sha-256 00:11', 'a=tls-id:abc', 'a=setup:actpass'];
  const before = sdp(...lines);
  expect(isNewDtlsAssociation(before, sdp(...lines.slice(0, 3), 'a=setup:passive'))).toBe(false);
  expect(
    isNewDtlsAssociation(sdp(...lines.slice(0, 3), 'a=setup:active'), sdp(...lines.slice(0, 3), 'a=setup:passive')),
  ).toBe(true);
  expect(isNewDtlsAssociation(before, sdp(...lines.map((line) => line.replace('00:11', '22:33'))))).toBe(true);
  expect(isNewDtlsAssociation(before, sdp(...lines.map((line) => line.replace('abc', 'abd'))))).toBe(true);
  expect(isNewDtlsAssociation(before, sdp('m=audio 9 RTP/AVP 0'))).toBe(true);
});

it('the first key whose suite we know is taken', () => {
  const { media } = sdp(
    'm=audio 9 RTP/SAVP 0',
    `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:QUJD`,
    `a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:${SDES_KEY} UNENCRYPTED_SRTCP`,
    `a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:${SDES_KEY};inline:${SDES_KEY}`,
    `a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:${SDES_KEY}|2^20|1:4 WSH=64`,
  );
  const suite = { name: 'AES_CM_128_HMAC_SHA1_80', keyLength: 16, saltLength: 14 };
  const crypto = chooseCrypto(media, [suite]);
  expect(crypto).toMatchObject({ tag: 4, keyOptions: ['2^20', '1:4'] });
  expect(crypto && readSdesKey(crypto, suite)).toMatchObject({ mkiLength: 4, salt: { length: 14 } });
  expect(chooseCrypto(media, [{ ...suite, name: 'F8_128_HMAC_SHA1_80' }])).toBeUndefined();
});

it('0.0.0.0 means hold, but not while ICE has no candidate yet (RFC 8829 §5.2.1)', () => {
  const plain = sdp('m=audio 9 RTP/AVP 0', 'c=IN IP4 0.0.0.0');
  const ice = sdp('m=audio 9 RTP/AVP 0', 'c=IN IP4 0.0.0.0', 'a=ice-ufrag:a', 'a=ice-pwd:b');
  expect([directionOf(plain.session, plain.media), directionOf(ice.session, ice.media)]).toEqual([
    'sendonly',
    'sendrecv',
  ]);
});

it('a bundle-only section with port 0 is live (RFC 8843 §6)', () => {
  const { session } = sdp(
    'a=group:BUNDLE a v',
    'm=audio 5000 RTP/AVP 0',
    'a=mid:a',
    'm=video 0 RTP/AVP 31',
    'a=bundle-only',
    'a=mid:v',
    'm=text 0 RTP/AVP 98',
    'a=mid:t',
  );
  expect(session.media.map((media) => isDisabled(session, media))).toEqual([false, false, true]);
  expect(session.media.map((media) => transportSectionOf(session, media).port)).toEqual([5000, 5000, 0]);
});

it('packets are as long as the receiver likes, in whole frames', () => {
  const of = (...lines: string[]): number =>
    packetTimeToSend(sdp('m=audio 9 RTP/AVP 0', ...lines).media, { packetTimeMs: 20, frameMs: 20 });
  expect([of(), of('a=ptime:60'), of('a=ptime:30'), of('a=maxptime:10'), of('a=ptime:60', 'a=maxptime:40')]).toEqual([
    20, 60, 20, 20, 40,
  ]);
});
