import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addStream,
  answerOffer,
  buildSessionDescription,
  checkAnswer,
  checkNext,
  directionOf,
  firstOrigin,
  holdOffer,
  makeOffer,
  mediaChanges,
  nextOrigin,
  parseSessionDescription,
  PLAIN_RTP_PROTOCOLS,
  rejectAll,
  removeStream,
  withDirection,
  withMedia,
  DIRECTIONS,
  type LocalAudio,
  type SessionDescription,
} from '../index.js';

const vectors = new URL('../../vectors/', import.meta.url);
const printed = [
  ...readFileSync(new URL('rfc.md', vectors), 'utf8').matchAll(/^## (.+)\n\n(.+)\n\n```sdp\n([\s\S]*?)\n```$/gm),
].map(([, title = '', expected = '', text = '']) => ({ title, expected, text }));
/** An offer and the answer printed right behind it. */
const printedPairs = printed.flatMap((offer, index) => {
  const answer = printed[index + 1];
  const isPair = /offer/i.test(offer.title) && answer !== undefined && /answer/i.test(answer.title);
  return isPair ? [{ title: offer.title, offer: offer.text, answer: answer.text }] : [];
});
const browser = (file: string): string => readFileSync(new URL(file, vectors), 'utf8');

function parsed(text: string): SessionDescription {
  const result = parseSessionDescription(text);
  if (!result.ok) throw new Error(`${result.code} at line ${result.line}`);
  return result.description;
}

const sdp = (...lines: string[]): SessionDescription =>
  parsed(['v=0', 'o=- 1 1 IN IP4 198.51.100.7', 's=-', 'c=IN IP4 198.51.100.7', 't=0 0', ...lines, ''].join('\r\n'));
const problems = (offer: SessionDescription, answer: SessionDescription): string[] =>
  checkAnswer(offer, answer).map(({ problem, section }) => `${problem} ${section ?? '-'}`);

describe('an answer is held against its offer', () => {
  it.each(printedPairs)('$title', ({ title, offer, answer }) => {
    expect([title, problems(parsed(offer), parsed(answer))]).toEqual([title, []]);
  });

  it.each(['chromium/audio', 'chromium/audio-video', 'chromium/recvonly', 'firefox/audio', 'firefox/audio-video'])(
    '%s of a browser',
    (name) => {
      const [offer, answer] = ['offer', 'answer'].map((part) => parsed(browser(`${name}.${part}.sdp`)));
      expect(offer && answer && problems(offer, answer)).toEqual([]);
    },
  );

  const offer = sdp(
    'a=group:BUNDLE a',
    'm=audio 5000 RTP/AVP 0 8 101',
    'a=rtpmap:101 telephone-event/8000',
    'a=mid:a',
    'a=sendonly',
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz',
    'm=image 0 udptl t38',
    'm=video 6000 UDP/TLS/RTP/SAVPF 96',
    'a=rtpmap:96 VP8/90000',
    'a=fingerprint:sha-256 00:11',
    'a=setup:actpass',
  );
  const good = [
    'm=audio 7000 RTP/AVP 8',
    'a=recvonly',
    'm=image 0 udptl t38',
    'm=video 0 UDP/TLS/RTP/SAVPF 96',
  ] as const;

  it.each<[string, string[], string[]]>([
    ['is good', [...good], []],
    ['lacks a section', good.slice(0, 3), ['section-count -']],
    ['has another kind of media', ['m=text 7000 RTP/AVP 8', ...good.slice(2)], ['section-type 0']],
    ['has another transport', ['m=audio 7000 RTP/SAVP 8', ...good.slice(2)], ['section-protocol 0']],
    ['takes what was off', [...good.slice(0, 2), 'm=image 5 udptl t38', good[3]], ['section-disabled 1']],
    ['has no format of the offer', ['m=audio 7000 RTP/AVP 18', 'a=recvonly', ...good.slice(2)], ['no-common-format 0']],
    ['sends where it may not', ['m=audio 7000 RTP/AVP 0', ...good.slice(2)], ['direction 0']],
    ['renames a section', [good[0], 'a=mid:b', 'a=recvonly', ...good.slice(2)], ['mid 0']],
    ['muxes RTCP unasked', [...good.slice(0, 2), 'a=rtcp-mux', ...good.slice(2)], ['rtcp-mux 0']],
    ['bundles what was not', ['a=group:BUNDLE a v', ...good], ['bundle -']],
    [
      'takes a key that was not offered',
      [...good.slice(0, 2), 'a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:WVNf', ...good.slice(2)],
      ['crypto 0'],
    ],
    [
      'leaves the DTLS role open',
      [
        ...good.slice(0, 3),
        'm=video 8000 UDP/TLS/RTP/SAVPF 96',
        'a=rtpmap:96 VP8/90000',
        'a=fingerprint:sha-256 00:11',
        'a=setup:actpass',
      ],
      ['dtls-setup 2'],
    ],
  ])('that %s', (_, lines, expected) => {
    expect(problems(offer, sdp(...lines))).toEqual(expected);
  });

  it('that takes nothing is good, whatever was offered', () => {
    for (const { text, expected } of printed.filter((vector) => vector.expected === 'whole')) {
      const any = parsed(text);
      expect([expected, problems(any, rejectAll(any, { origin: firstOrigin('1', '192.0.2.1') }))]).toEqual([
        'whole',
        [],
      ]);
    }
  });
});

describe('our own answers', () => {
  const local: LocalAudio = {
    address: '192.0.2.1',
    port: 4000,
    codecs: [
      { name: 'opus', clockRate: 48_000, channels: 2, payloadType: 96 },
      { name: 'PCMA', clockRate: 8000, payloadType: 8 },
    ],
    direction: 'sendrecv',
    protocols: [...PLAIN_RTP_PROTOCOLS, 'UDP/TLS/RTP/SAVPF'],
    rtcpMux: true,
  };
  const origin = firstOrigin('42', '192.0.2.1');

  it('keep the rules for every offer of RFCs and browsers that they take', () => {
    const files = ['chromium/audio-video', 'chromium/recvonly', 'firefox/audio'].map((file) =>
      browser(`${file}.offer.sdp`),
    );
    const offers = [...printed.filter(({ expected }) => expected === 'whole').map(({ text }) => text), ...files].map(
      parsed,
    );
    let taken = 0;
    for (const offer of offers) {
      const outcome = answerOffer({ offer, origin, audio: local });
      if (!outcome.ok) continue;
      taken += 1;
      expect(problems(offer, outcome.answer).filter((problem) => !problem.startsWith('dtls'))).toEqual([]);
    }
    expect(taken).toBeGreaterThan(20);
  });

  it('keep the rules for offers of any shape', () => {
    const section = fc
      .record({
        kind: fc.constantFrom('audio', 'video', 'image', 'text'),
        port: fc.constantFrom(0, 9, 5000),
        formats: fc.uniqueArray(fc.constantFrom('0', '8', '97', '101', '18'), { minLength: 1 }),
        direction: fc.constantFrom(...DIRECTIONS),
        muxed: fc.boolean(),
      })
      .map(({ kind, port, formats, direction, muxed }) => [
        `m=${kind} ${port} RTP/AVP ${formats.join(' ')}`,
        ...(formats.includes('97') ? ['a=rtpmap:97 opus/48000/2'] : []),
        ...(formats.includes('101') ? ['a=rtpmap:101 telephone-event/8000'] : []),
        `a=${direction}`,
        ...(muxed ? ['a=rtcp-mux'] : []),
      ]);
    fc.assert(
      fc.property(
        fc.array(section, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(...DIRECTIONS),
        (sections, direction) => {
          const offer = sdp(...sections.flat());
          const outcome = answerOffer({ offer, origin, audio: { ...local, direction } });
          if (outcome.ok) expect(problems(offer, outcome.answer)).toEqual([]);
        },
      ),
      { seed: 5 },
    );
  });

  it('and later offers keep the version and the sections', () => {
    const first = makeOffer({ origin, audio: local });
    const held = makeOffer({
      origin: nextOrigin(origin),
      audio: { ...local, direction: 'sendonly' },
      previous: { description: first, audioIndex: 0 },
    });
    expect(checkNext(first, held)).toEqual([]);
    expect(checkNext(first, first)).toEqual([]);
  });
});

describe('a session goes on', () => {
  const before = sdp(
    'm=audio 5000 RTP/AVP 0 96',
    'a=rtpmap:96 opus/48000/2',
    'a=x-own: kept  as it is',
    'm=image 5002 udptl t38',
  );

  it('with hold and resume (RFC 3264 §8.4)', () => {
    const held = holdOffer(before);
    expect(checkNext(before, held)).toEqual([]);
    expect(held.media.map((media) => directionOf(held, media))).toEqual(['sendonly', 'sendonly']);
    expect(mediaChanges(before, held).map(({ kind, hold }) => [kind, hold])).toEqual([
      ['kept', 'held'],
      ['kept', 'held'],
    ]);
    expect(mediaChanges(held, before)[0]?.hold).toBe('resumed');
    expect(mediaChanges(before, sdp('c=IN IP4 0.0.0.0', 'm=audio 5000 RTP/AVP 0 96'))[0]).toMatchObject({
      hold: 'held',
      moved: true,
    });
    expect(holdOffer(sdp('m=audio 1 RTP/AVP 0', 'a=recvonly')).media[0]?.attributes).toEqual([{ name: 'inactive' }]);
  });

  it('with streams removed and added (§8.1, §8.2)', () => {
    const removed = removeStream(before, 1);
    expect(checkNext(before, removed)).toEqual([]);
    expect(mediaChanges(before, removed).map(({ kind }) => kind)).toEqual(['kept', 'removed']);
    const video = sdp('m=video 6000 RTP/AVP 31').media[0];
    if (video === undefined) throw new Error('No section');
    const reused = addStream(removed, video);
    expect(reused.media.map(({ type }) => type)).toEqual(['audio', 'video']);
    expect(checkNext(removed, reused)).toEqual([]);
    expect(mediaChanges(removed, reused)[1]?.kind).toBe('added');
    expect(addStream(before, video).media.map(({ type }) => type)).toEqual(['audio', 'image', 'video']);
  });

  it('with other addresses and formats', () => {
    const moved = sdp('m=audio 5004 RTP/AVP 0', 'm=image 5002 udptl t38');
    expect(mediaChanges(before, moved)[0]).toMatchObject({
      moved: true,
      formats: true,
      hold: undefined,
      iceRestart: false,
    });
    const restarted = mediaChanges(
      parsed(browser('chromium/audio.offer.sdp')),
      parsed(browser('chromium/audio-icerestart.offer.sdp')),
    );
    expect(restarted[0]).toMatchObject({ iceRestart: true });
  });

  it.each<[string, SessionDescription, string[]]>([
    ['another session', { ...before, origin: { ...before.origin, sessionId: '2' } }, ['origin-session']],
    ['a version for nothing', { ...before, origin: nextOrigin(before.origin) }, ['origin-version']],
    ['no version for something', sdp('m=audio 1 RTP/AVP 0', 'm=image 5002 udptl t38'), ['origin-version']],
    ['a section less', { ...holdOffer(before), media: before.media.slice(0, 1) }, ['section-count']],
    [
      'another kind of media',
      { ...before, origin: nextOrigin(before.origin), media: [...before.media].reverse() },
      ['section-type', 'section-type'],
    ],
    [
      'a payload type for another codec',
      withMedia(holdOffer(before), 0, (media) => ({
        ...media,
        attributes: [{ name: 'rtpmap', value: '96 iLBC/8000' }],
      })),
      ['payload-type'],
    ],
  ])('but not with %s', (_, after, expected) => {
    expect(checkNext(before, after)).toEqual(expected);
  });

  it('and what nobody touched stays octet by octet', () => {
    const odd =
      'v=0\r\no=- 1 1 IN IP4 h\r\ns= \r\nt=0 0\r\na=b \r\nc=IN  IP4 h\r\nm=audio  5 RTP/AVP 0  8\r\na=y:\r\ni=late\r\nm=image 5 udptl t38\r\n';
    const description = parsed(odd);
    expect(buildSessionDescription(description)).toBe(odd);
    const changed = buildSessionDescription(withMedia(description, 1, (media) => withDirection(media, 'inactive')));
    expect(changed).toBe(odd.replace('t38\r\n', 't38\r\na=inactive\r\n'));
    const session = buildSessionDescription({ ...description, name: 'x' });
    expect(session).toContain('s=x\r\n');
    expect(session).toContain('m=audio  5 RTP/AVP 0  8\r\na=y:\r\ni=late\r\n');
  });
});
