import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  answerOffer,
  chooseSecurity,
  firstOrigin,
  parseSessionDescription,
  type SessionDescription,
} from '../index.js';

const vectors = new URL('../../vectors/', import.meta.url);
const suite = { name: 'AES_CM_128_HMAC_SHA1_80', keyLength: 16, saltLength: 14 };
const codecs = [
  { name: 'opus', clockRate: 48_000, channels: 2, payloadType: 107 },
  { name: 'PCMU', clockRate: 8000, payloadType: 0 },
];
const abilities = { codecs, suites: [suite], dtls: true };
const KEY = `inline:${Buffer.alloc(30, 9).toString('base64')}`;

function read(text: string): SessionDescription {
  const parsed = parseSessionDescription(text);
  if (!parsed.ok) throw new Error(`${parsed.code} ${parsed.line}`);
  return parsed.description;
}
const offer = (...lines: string[]): SessionDescription =>
  read(['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', ...lines, ''].join('\r\n'));

const ICE = ['a=ice-ufrag:abcd', 'a=ice-pwd:0123456789012345678901'];
const DTLS = ['a=fingerprint:sha-256 AA:BB', 'a=setup:actpass'];

describe('what browsers offer', () => {
  const offers = ['chromium', 'firefox'].flatMap((browser) =>
    readdirSync(new URL(browser, vectors))
      .filter((name) => /offer/i.test(name))
      .map((name) => `${browser}/${name}`),
  );

  it.each(offers)('%s is taken with DTLS, in its audio section', (name) => {
    const description = read(readFileSync(new URL(name, vectors), 'utf8'));
    const choice = chooseSecurity(description, abilities);
    expect(choice).toMatchObject({ ok: true, index: 0, security: { kind: 'dtls', dtls: { setup: 'actpass' } } });
    const answered = answerOffer({
      offer: description,
      origin: firstOrigin('1', '192.0.2.7'),
      audio: {
        ...{ address: '192.0.2.7', port: 4000, codecs, direction: 'sendrecv', rtcpMux: true, onlySection: 0 },
        protocols: ['UDP/TLS/RTP/SAVPF'],
      },
    });
    // Firefox numbers Opus 109, Chromium 111: the answer repeats the number (RFC 3264 §6.1).
    const opus = name.startsWith('firefox') ? 109 : 111;
    expect(answered).toMatchObject({
      ok: true,
      audio: { index: 0, protocol: 'UDP/TLS/RTP/SAVPF', rtcpMux: true, codec: { name: 'opus', payloadType: opus } },
    });
  });
});

describe('the best protected audio is taken', () => {
  const plain = 'm=audio 5000 RTP/AVP 0';
  const secure = ['m=audio 5002 RTP/SAVP 0', `a=crypto:1 ${suite.name} ${KEY}`];
  const webRtc = ['m=audio 5004 UDP/TLS/RTP/SAVPF 0', 'a=rtcp-mux', ...ICE, ...DTLS];

  it.each([
    ['plain RTP', [plain], 0, 'none'],
    ['SRTP of two sections, whichever comes first', [plain, ...secure], 1, 'sdes'],
    ['DTLS of three', [...secure, plain, ...webRtc], 2, 'dtls'],
    ['keys beside RTP/AVP (RFC 8643)', [plain, `a=crypto:1 ${suite.name} ${KEY}`], 0, 'sdes'],
    ['unknown keys beside RTP/AVP are passed over', [plain, `a=crypto:1 F8 ${KEY}`], 0, 'none'],
    ['a fingerprint beside RTP/AVP without ICE is passed over', [plain, ...DTLS], 0, 'none'],
    ['keys where DTLS lacks ICE', ['m=audio 5004 RTP/SAVP 0', ...DTLS, `a=crypto:4 ${suite.name} ${KEY}`], 0, 'sdes'],
    ['what has a codec of ours', [...secure, 'm=audio 5006 RTP/SAVP 18', `a=crypto:1 ${suite.name} ${KEY}`], 0, 'sdes'],
  ])('%s', (_, lines, index, kind) => {
    expect(chooseSecurity(offer(...lines), abilities)).toMatchObject({ ok: true, index, security: { kind } });
  });

  it('is told with what both can do in it, best first', () => {
    const both = [...codecs].reverse().map(({ name }) => name);
    const formats = [...codecs].map(({ payloadType }) => payloadType).join(' ');
    const lines = [...codecs].map(
      ({ payloadType, name, clockRate, channels }) =>
        `a=rtpmap:${payloadType} ${name}/${clockRate}${channels === undefined ? '' : `/${channels}`}`,
    );
    const description = offer(`m=audio 5000 RTP/AVP 18 ${formats}`, ...lines);
    const choice = chooseSecurity(description, { ...abilities, codecs: [...codecs].reverse() });
    expect(choice.ok && choice.codecs.map(({ codec }) => codec.name)).toEqual(both);
  });
});

describe('DTLS-SRTP is taken without ICE', () => {
  it.each([
    ['of a phone that does none', ['m=audio 5000 UDP/TLS/RTP/SAVP 0', ...DTLS]],
    ['of a phone that names the profile alone', ['m=audio 5000 RTP/SAVP 0', ...DTLS]],
    ['of another ICE-lite agent', ['a=ice-lite', 'm=audio 5000 UDP/TLS/RTP/SAVPF 0', 'a=rtcp-mux', ...ICE, ...DTLS]],
    ['where RTCP has a port of its own', ['m=audio 5000 UDP/TLS/RTP/SAVPF 0', ...ICE, ...DTLS]],
  ])('%s: %j', (_, lines) => {
    expect(chooseSecurity(offer(...lines), abilities)).toMatchObject({
      ok: true,
      security: { kind: 'dtls', ice: undefined },
    });
  });
});

describe('what cannot be taken says why', () => {
  it.each([
    ['no-audio', ['m=video 5000 RTP/AVP 96']],
    ['no-audio', ['m=audio 0 RTP/AVP 0']],
    ['no-codec', ['m=audio 5000 RTP/AVP 18']],
    ['no-protocol', ['m=audio 5000 TCP/RTP/AVP 0']],
    ['no-keys', ['m=audio 5000 RTP/SAVP 0']],
    ['no-keys', ['m=audio 5000 RTP/SAVP 0', `a=crypto:1 ${suite.name} inline:QUJD`]],
    ['no-keys', ['m=audio 5000 UDP/TLS/RTP/SAVPF 0', `a=crypto:1 ${suite.name} ${KEY}`]],
  ])('%s: %j', (problem, lines) => {
    expect(chooseSecurity(offer(...lines), abilities)).toEqual({ ok: false, problem });
  });

  it('DTLS where nothing here does it', () => {
    const description = offer('m=audio 5000 UDP/TLS/RTP/SAVPF 0', 'a=rtcp-mux', ...ICE, ...DTLS);
    expect(chooseSecurity(description, { ...abilities, dtls: false })).toEqual({ ok: false, problem: 'no-keys' });
  });
});

it('an offer that does not say where its audio goes cannot be taken (RFC 8866 §5.7)', () => {
  const nowhere = read(['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 't=0 0', 'm=audio 4000 RTP/AVP 0', ''].join('\r\n'));
  expect(chooseSecurity(nowhere, abilities)).toEqual({ ok: false, problem: 'no-address' });
});
