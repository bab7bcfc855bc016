import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  answerOffer,
  buildSessionDescription,
  directionOf,
  firstOrigin,
  isDisabled,
  mediaAddressesOf,
  packetTimeOf,
  parseSessionDescription,
  rtpFormatsOf,
  SDP_LIMITS,
  type LocalAudio,
  type MediaDescription,
  type SessionDescription,
} from './index.js';

const VECTOR = /^## (.+)\n\n(?:[^`\n].*\n\n)?```text\n([\s\S]*?)\n```\n\n```sdp\n([\s\S]*?)\n```$/gm;
const SIGNS: Readonly<Record<string, string>> = { '␠': ' ', '␉': '\t', '␀': '\0' };
const vectors = [...readFileSync(new URL('../vectors/odd.md', import.meta.url), 'utf8').matchAll(VECTOR)].map(
  ([, title = '', reading = '', text = '']) => ({
    title,
    reading: reading.split('\n'),
    text: text.replace(/[␠␉␀]/g, (sign) => SIGNS[sign] ?? ''),
  }),
);

const OURS: LocalAudio = {
  address: '192.0.2.200',
  port: 10_000,
  direction: 'sendrecv',
  protocols: ['RTP/AVP'],
  codecs: [
    { name: 'opus', clockRate: 48_000, channels: 2, payloadType: 111 },
    { name: 'PCMU', clockRate: 8000, payloadType: 0 },
  ],
};

function readingOf(text: string): string[] {
  const parsed = parseSessionDescription(text);
  if (!parsed.ok) return [`refused: ${parsed.code} at line ${parsed.line}`];
  return parsed.description.media.map((media) => sectionOf(parsed.description, media));
}

function sectionOf(description: SessionDescription, media: MediaDescription): string {
  const words = [media.type, String(media.port), media.protocol];
  if (!isDisabled(description, media)) {
    const rtp = mediaAddressesOf(description, media)?.rtp;
    if (rtp !== undefined) words.push('at', `${rtp.address}:${rtp.port}`);
    words.push(directionOf(description, media));
    const packetTime = packetTimeOf(media);
    if (packetTime !== undefined) words.push('ptime', String(packetTime));
  }
  const formats = rtpFormatsOf(media).map(
    ({ payloadType, name, clockRate, channels }) => `${payloadType} ${name}/${clockRate}/${channels}`,
  );
  return `${words.join(' ')}:${formats.length === 0 ? '' : ` ${formats.join(', ')}`}`;
}

function answerTo(text: string): ReturnType<typeof answerOffer> {
  const parsed = parseSessionDescription(text);
  if (!parsed.ok) throw new Error(parsed.code);
  return answerOffer({ offer: parsed.description, origin: firstOrigin('1', OURS.address), audio: OURS });
}

describe('a description with manners of its own', () => {
  it('is there in numbers', () => {
    expect(vectors.length).toBeGreaterThan(40);
  });

  it.each(vectors)('$title', ({ text, reading }) => {
    expect(readingOf(text)).toEqual(reading);
    expect(readingOf(text.replaceAll('\n', '\r\n'))).toEqual(reading);
  });

  it.each(vectors.filter(({ reading }) => reading.some((line) => /^audio .* at /.test(line))))(
    '$title: answered, section by section, by the rules',
    ({ text, reading }) => {
      const outcome = answerTo(text);
      if (!outcome.ok) throw new Error(outcome.code);
      const written = buildSessionDescription(outcome.answer);
      expect(written.match(/^m=.*/gm)).toHaveLength(reading.length);
      // Kind, port, protocol and a format at least.
      for (const line of written.match(/^m=.*/gm) ?? []) expect(line).toMatch(/^m=\S+ \d+ \S+( \S+)+$/);
      expect(parseSessionDescription(written).ok).toBe(true);
    },
  );
});

it('an offer of two hundred codecs is answered with the one that both know', () => {
  const types = Array.from({ length: 200 }, (_, at) => at);
  const lines = [
    ...['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0'],
    `m=audio 4000 RTP/AVP ${types.join(' ')}`,
    ...types.map((type) => `a=rtpmap:${type} ${type === 0 ? 'PCMU/8000' : `X-${type}/8000`}`),
    ...types.map((type) => `a=fmtp:${type} mode=${type}`),
  ];
  const outcome = answerTo(lines.join('\r\n'));
  expect(outcome.ok && outcome.audio.codec.name).toBe('PCMU');
  const parsed = parseSessionDescription(lines.join('\r\n'));
  expect(parsed.ok && parsed.description.media[0]?.formats).toHaveLength(SDP_LIMITS.maxFormats);
});

it.each([
  ['blanks', ' '.repeat(60_000)],
  ['zeros', '\0'.repeat(60_000)],
  ['words', 'a '.repeat(30_000)],
])('sixty thousand %s in a line take no time', (_, much) => {
  const began = process.cpuUsage();
  for (const line of [`o=${much}`, `hello${much}x`, `a=rtpmap:${much}`, `c=IN IP4 ${much}h`, `${much}`, `m=${much}`])
    parseSessionDescription(`v=0\r\no=- 1 1 IN IP4 h\r\n${line}\r\nm=audio 9 RTP/AVP 0`);
  expect(process.cpuUsage(began).user / 1000).toBeLessThan(500);
});
