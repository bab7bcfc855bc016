import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  answerOffer,
  applyAnswer,
  buildSessionDescription,
  firstOrigin,
  makeOffer,
  nextOrigin,
  parseSessionDescription,
  PLAIN_RTP_PROTOCOLS,
  type AudioCodec,
  type Direction,
  type LocalAudio,
  type SessionDescription,
} from '../index.js';

const OPUS: AudioCodec = { name: 'opus', clockRate: 48_000, channels: 2, payloadType: 96, fmtp: 'useinbandfec=1' };
const PCMA: AudioCodec = { name: 'PCMA', clockRate: 8000, payloadType: 8 };
const PCMU: AudioCodec = { name: 'PCMU', clockRate: 8000, payloadType: 0 };
const local: LocalAudio = {
  address: '192.0.2.1',
  port: 4000,
  codecs: [OPUS, PCMA, PCMU],
  direction: 'sendrecv',
  protocols: PLAIN_RTP_PROTOCOLS,
};
const origin = firstOrigin('42', '192.0.2.1');

function parsed(text: string): SessionDescription {
  const result = parseSessionDescription(text);
  if (!result.ok) throw new Error(`${result.code} at line ${result.line}`);
  return result.description;
}

function offerOf(...lines: string[]): SessionDescription {
  return parsed(
    ['v=0', 'o=- 1 1 IN IP4 198.51.100.7', 's=-', 'c=IN IP4 198.51.100.7', 't=0 0', ...lines, ''].join('\r\n'),
  );
}

function answered(offer: SessionDescription, audio: LocalAudio = local) {
  const outcome = answerOffer({ offer, origin, audio });
  if (!outcome.ok) throw new Error(outcome.code);
  return { ...outcome, text: buildSessionDescription(outcome.answer) };
}

describe('answerOffer', () => {
  it('chooses one codec with its keys and repeats the numbers of the offer', () => {
    const { text, audio } = answered(
      offerOf(
        'm=audio 5000 RTP/AVP 0 8 101 97',
        'a=rtpmap:101 telephone-event/8000',
        'a=rtpmap:97 opus/48000/2',
        'a=ptime:30',
      ),
    );
    expect(text).toContain('m=audio 4000 RTP/AVP 97 101\r\n');
    expect(text).toContain('a=rtpmap:97 opus/48000/2\r\na=fmtp:97 useinbandfec=1\r\n');
    expect(audio).toMatchObject({
      codec: { name: 'opus', payloadType: 97, receivePayloadType: 97 },
      telephoneEvent: { payloadType: 101, clockRate: 8000 },
      remote: { address: '198.51.100.7', port: 5000 },
      remoteRtcp: { port: 5001 },
      packetTimeMs: 30,
      direction: 'sendrecv',
    });
  });

  it('follows the order of the offer when told to', () => {
    const offer = offerOf('m=audio 5000 RTP/AVP 0 8');
    expect(answered(offer).audio.codec.name).toBe('PCMA');
    const theirs = answerOffer({ offer, origin, audio: local, order: 'theirs' });
    expect(theirs).toMatchObject({ ok: true, audio: { codec: { name: 'PCMU' } } });
  });

  it('keeps every section in its place and rejects the ones it does not take', () => {
    const { answer } = answered(
      offerOf('m=video 6000 RTP/AVP 31', 'm=audio 5000 RTP/AVP 0', 'm=audio 5002 RTP/AVP 0', 'm=application 9 UDP x'),
    );
    expect(answer.media.map(({ type, port }) => [type, port])).toEqual([
      ['video', 0],
      ['audio', 4000],
      ['audio', 0],
      ['application', 0],
    ]);
  });

  it.each<[Direction, Direction, Direction]>([
    ['sendrecv', 'sendrecv', 'sendrecv'],
    ['sendonly', 'sendrecv', 'recvonly'],
    ['recvonly', 'sendrecv', 'sendonly'],
    ['inactive', 'sendrecv', 'inactive'],
    ['sendrecv', 'sendonly', 'sendonly'],
    ['sendonly', 'sendonly', 'inactive'],
  ])('answers %s, wanting %s, with %s', (offered, wanted, expected) => {
    const offer = offerOf('m=audio 5000 RTP/AVP 0', `a=${offered}`);
    const { audio, text } = answered(offer, { ...local, direction: wanted });
    expect(audio.direction).toBe(expected);
    expect(text).toContain(`a=${expected}\r\n`);
  });

  it('reads a connection to 0.0.0.0 as hold', () => {
    expect(answered(offerOf('m=audio 5000 RTP/AVP 0', 'c=IN IP4 0.0.0.0')).audio.direction).toBe('recvonly');
  });

  it('refuses what has no codec or transport in common', () => {
    for (const line of [
      'm=audio 5000 RTP/AVP 18',
      'm=audio 0 RTP/AVP 0',
      'm=audio 5000 RTP/SAVP 0',
      'm=video 9 RTP/AVP 31',
    ])
      expect(answerOffer({ offer: offerOf(line), origin, audio: local })).toEqual({
        ok: false,
        code: 'not-acceptable',
      });
  });

  it('answers a browser in its bundle with our own ICE and DTLS lines', () => {
    const offer = parsed(
      readFileSync(new URL('../../vectors/chromium/audio-video.offer.sdp', import.meta.url), 'utf8'),
    );
    const { answer, audio } = answered(offer, {
      ...local,
      protocols: ['UDP/TLS/RTP/SAVPF'],
      rtcpMux: true,
      attributes: [{ name: 'setup', value: 'passive' }],
      sessionAttributes: [{ name: 'ice-lite' }],
    });
    const text = buildSessionDescription(answer);
    expect(answer.media).toHaveLength(offer.media.length);
    expect(text).toMatch(/a=group:BUNDLE 0\r\na=ice-lite\r\n/);
    expect(text).toContain('a=mid:0\r\na=rtcp-mux\r\na=setup:passive\r\n');
    expect(audio).toMatchObject({ codec: { name: 'opus' }, rtcpMux: true });
  });
});

describe('makeOffer and applyAnswer', () => {
  it('agree on a codec and on the number each side wants to hear it under', () => {
    const offer = makeOffer({ origin, audio: local });
    const answer = offerOf(
      'm=audio 7000 RTP/AVP 107 110',
      'a=rtpmap:107 opus/48000/2',
      'a=rtpmap:110 telephone-event/48000',
    );
    expect(applyAnswer(offer, answer)).toMatchObject({
      ok: true,
      audio: {
        codec: { name: 'opus', payloadType: 107, receivePayloadType: 96 },
        telephoneEvent: { payloadType: 110, receivePayloadType: 102, clockRate: 48_000 },
        remote: { port: 7000 },
      },
    });
  });

  it('agree on every format in common, each under the number that it is sent with', () => {
    const offer = makeOffer({ origin, audio: local });
    const answer = offerOf(
      'm=audio 7000 RTP/AVP 8 18 0 107 97 110',
      'a=rtpmap:107 opus/48000/2',
      'a=rtpmap:97 telephone-event/8000',
      'a=rtpmap:110 telephone-event/48000',
    );
    const applied = applyAnswer(offer, answer);
    if (!applied.ok) throw new Error(applied.code);
    expect(applied.audio).toMatchObject({
      codec: { name: 'PCMA', payloadType: 8 },
      telephoneEvent: { payloadType: 97, receivePayloadType: 101, clockRate: 8000 },
    });
    expect(applied.audio.others).toEqual([
      { name: 'opus', clockRate: 48_000, payloadType: 107, receivePayloadType: 96 },
      { name: 'PCMU', clockRate: 8000, payloadType: 0, receivePayloadType: 0 },
      { name: 'telephone-event', clockRate: 48_000, payloadType: 110, receivePayloadType: 102 },
    ]);
  });

  it('agree on nothing beside the codec that an answer of ours lists', () => {
    const offer = makeOffer({ origin, audio: local });
    const { answer, audio } = answered(offer, local);
    expect(audio.others).toEqual([]);
    expect(applyAnswer(offer, answer)).toMatchObject({ ok: true, audio: { codec: { name: 'opus' }, others: [] } });
  });

  it('understand our own answers', () => {
    const offer = makeOffer({ origin, audio: local });
    const { answer } = answered(offer, { ...local, codecs: [PCMU], port: 9000 });
    expect(applyAnswer(offer, answer)).toMatchObject({
      ok: true,
      audio: { codec: { name: 'PCMU' }, remote: { port: 9000 } },
    });
  });

  it.each([
    ['rejected', ['m=audio 0 RTP/AVP 0']],
    ['mismatch', ['m=audio 7000 RTP/AVP 0', 'm=video 7002 RTP/AVP 31']],
    ['mismatch', ['m=video 7000 RTP/AVP 31']],
    ['no-codec', ['m=audio 7000 RTP/AVP 18']],
  ])('say why an answer is of no use: %s', (code, lines) => {
    expect(applyAnswer(makeOffer({ origin, audio: local }), offerOf(...lines))).toEqual({ ok: false, code });
  });

  it('take an answer that declines what nobody offered', () => {
    const answer = offerOf('m=audio 7000 RTP/AVP 0', 'm=video 0 RTP/AVP 31');
    expect(applyAnswer(makeOffer({ origin, audio: local }), answer)).toMatchObject({ ok: true, audio: { index: 0 } });
  });

  it('keep sections and count the version up in later offers', () => {
    const first = offerOf('m=video 0 RTP/AVP 31', 'm=audio 5000 RTP/AVP 0', 'a=mid:a');
    const later = makeOffer({
      origin: nextOrigin(origin),
      audio: { ...local, direction: 'sendonly' },
      previous: { description: first, audioIndex: 1 },
    });
    expect(later.origin.sessionVersion).toBe('2');
    expect(later.media.map(({ type, port }) => [type, port])).toEqual([
      ['video', 0],
      ['audio', 4000],
    ]);
    expect(buildSessionDescription(later)).toContain('a=sendonly\r\na=mid:a\r\n');
  });
});
