import { describe, expect, it } from 'vitest';
import { parseSessionDescription, type MediaDescription } from '../index.js';
import { keepPayloadTypes } from './keep-payload-types.js';

function section(...lines: string[]): MediaDescription {
  const text = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', ...lines, ''].join('\r\n');
  const parsed = parseSessionDescription(text);
  const media = parsed.ok ? parsed.description.media[0] : undefined;
  if (media === undefined) throw new Error('The section does not parse');
  return media;
}

const format = (payloadType: number, name: string, clockRate: number, channels = 1) => ({
  ...{ payloadType, name, clockRate, channels },
  fmtp: undefined,
});
const ours = [
  format(107, 'opus', 48_000, 2),
  format(0, 'PCMU', 8000),
  format(102, 'telephone-event', 48_000),
  format(101, 'telephone-event', 8000),
];
const numbers = (...said: MediaDescription[]) => keepPayloadTypes(ours, said).map(({ payloadType }) => payloadType);

describe('the numbers of a later offer', () => {
  it('are ours where nothing was said', () => expect(numbers()).toEqual([107, 0, 102, 101]));

  it('are those of what was said before, by whomever, and however it was written', () => {
    const answered = section('m=audio 5000 RTP/AVP 111', 'a=rtpmap:111 OPUS/48000/2');
    const offered = section(
      'm=audio 5002 RTP/AVP 111 0 110 126',
      'a=rtpmap:111 opus/48000/2',
      'a=rtpmap:110 telephone-event/48000',
      'a=rtpmap:126 telephone-event/8000',
    );
    expect(numbers(answered, offered)).toEqual([111, 0, 110, 126]);
  });

  it('are none that means something else', () => {
    const offered = section('m=audio 5000 RTP/AVP 0 101 96', 'a=rtpmap:101 opus/48000/2', 'a=rtpmap:96 iLBC/8000');
    expect(numbers(offered)).toEqual([101, 0, 102, 97]);
  });
});
