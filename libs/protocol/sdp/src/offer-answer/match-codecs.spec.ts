import { describe, expect, it } from 'vitest';
import { parseSessionDescription } from '../parse-session-description.js';
import { rtpFormatsOf, type RtpFormat } from '../views/rtp-formats.js';
import { telephoneEventFor } from './match-codecs.js';

/** Formats of a section with these rtpmaps, numbered from 96. */
function formatsOf(...encodings: string[]): readonly RtpFormat[] {
  const numbers = encodings.map((_encoding, at) => 96 + at);
  const result = parseSessionDescription(
    [
      'v=0',
      'o=- 1 1 IN IP4 198.51.100.7',
      's=-',
      'c=IN IP4 198.51.100.7',
      't=0 0',
      `m=audio 7000 RTP/AVP ${numbers.join(' ')}`,
      ...encodings.map((encoding, at) => `a=rtpmap:${96 + at} ${encoding}`),
      '',
    ].join('\r\n'),
  );
  const media = result.ok ? result.description.media[0] : undefined;
  if (media === undefined) throw new Error('Not read');
  return rtpFormatsOf(media);
}

describe('the telephone-event of a codec', () => {
  it.each([
    ['the one of its own clock rate', 48_000, ['telephone-event/8000', 'telephone-event/48000'], 97],
    ['the one at 8 kHz where its own is not there', 48_000, ['telephone-event/16000', 'TELEPHONE-EVENT/8000'], 97],
    [
      'the first of the others where there is none at 8 kHz',
      8000,
      ['telephone-event/32000', 'telephone-event/16000'],
      96,
    ],
    ['the one at 8 kHz where its rate is left out', 8000, ['telephone-event'], 96],
    ['none where there is none', 8000, ['opus/48000/2'], undefined],
    ['none of 0 Hz', 8000, ['telephone-event/0'], undefined],
    ['none at a rate beyond all formats', 8000, ['telephone-event/9999999'], undefined],
    ['none at a rate that no clock of ours has', 8000, ['telephone-event/90000', 'telephone-event/44100'], undefined],
    ['the one that can be counted, behind others', 48_000, ['telephone-event/11025', 'telephone-event/16000'], 97],
  ])('is %s', (_which, clockRate, encodings, payloadType) => {
    expect(telephoneEventFor(formatsOf(...encodings), clockRate)?.payloadType).toBe(payloadType);
  });
});

it('a clock that stands still, or is faster than that of any format, means nothing', () => {
  expect(formatsOf('L16/0', 'L16/00', 'L16/9999999', 'L16/384000', 'H264/90000').map(({ name }) => name)).toEqual([
    'L16',
    'H264',
  ]);
});
