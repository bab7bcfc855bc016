import { describe, expect, it } from 'vitest';
import type { EndpointMedia } from '../api/endpoint.js';
import { PCMA_CODEC, PCMU_CODEC } from '../codecs/g711-codec.js';
import { OPUS_CODEC } from '../codecs/opus-codec.js';
import { ReceivedFormats } from './received-formats.js';

const MEDIA: EndpointMedia = {
  codec: 'PCMA',
  payloadType: 8,
  telephoneEvent: { payloadType: 101, clockRate: 8000 },
  remote: { address: '192.0.2.1', port: 4000 },
  direction: 'sendrecv',
};
const SEVERAL: EndpointMedia = {
  ...MEDIA,
  others: [
    { format: 'PCMU', payloadType: 0 },
    { format: 'opus', payloadType: 111, receivePayloadType: 107 },
    { format: 'telephone-event', payloadType: 112, receivePayloadType: 102, clockRate: 48_000 },
  ],
};

function agreed(media: EndpointMedia): ReceivedFormats {
  const formats = new ReceivedFormats();
  formats.agree(media);
  return formats;
}

function follow(formats: ReceivedFormats, payloadType: number, packets: number): boolean[] {
  return Array.from({ length: packets }, () => formats.follow(payloadType));
}

describe('what may be received', () => {
  it('is what was agreed, and comfort noise', () => {
    const kinds = [8, 101, 13, 0, 107, 102, 9, 127].map((payloadType) => agreed(MEDIA).kindOf(payloadType));
    expect(kinds).toEqual(['audio', 'event', 'ignored', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown']);
  });

  it('is every format in common, under our number and theirs', () => {
    const formats = agreed(SEVERAL);
    const kinds = [8, 0, 107, 111, 101, 102, 112, 13, 9].map((payloadType) => formats.kindOf(payloadType));
    expect(kinds).toEqual(['audio', 'audio', 'audio', 'audio', 'event', 'event', 'event', 'ignored', 'unknown']);
    expect([101, 102, 112].map((payloadType) => formats.eventClockRate(payloadType))).toEqual([8000, 48_000, 48_000]);
  });

  it('is nothing before anything was agreed', () => {
    expect([0, 8, 13].map((payloadType) => new ReceivedFormats().kindOf(payloadType))).toEqual(
      Array.from({ length: 3 }).fill('unknown'),
    );
  });

  it('means under one number what we said, not what they say', () => {
    const crossed = agreed({
      ...MEDIA,
      codec: 'opus',
      payloadType: 101,
      receivePayloadType: 107,
      telephoneEvent: { payloadType: 107, receivePayloadType: 101, clockRate: 8000 },
    });
    expect([107, 101].map((payloadType) => crossed.kindOf(payloadType))).toEqual(['audio', 'event']);
  });
});

describe('what is received', () => {
  it('follows the packets, and is steady after a second in one codec', () => {
    const formats = agreed(SEVERAL);
    expect([formats.codec, formats.steadyCodec]).toEqual([PCMA_CODEC, PCMA_CODEC]);
    expect(follow(formats, 8, 3)).toEqual([false, false, false]);
    expect(follow(formats, 0, 2)).toEqual([true, false]);
    expect([formats.codec, formats.steadyCodec, formats.clockRate]).toEqual([PCMU_CODEC, null, 8000]);
    expect(follow(formats, 0, 50).filter(Boolean)).toHaveLength(1);
    expect(formats.steadyCodec).toBe(PCMU_CODEC);
    expect(follow(formats, 107, 1)).toEqual([true]);
    expect([formats.codec, formats.clockRate]).toEqual([OPUS_CODEC, 48_000]);
    // Another number of the same codec.
    expect(follow(formats, 111, 1)).toEqual([false]);
  });

  it('stays as it was over a hold, and is what is chosen with another choice', () => {
    const formats = agreed(SEVERAL);
    follow(formats, 0, 60);
    formats.agree({ ...SEVERAL, direction: 'recvonly' });
    expect(formats.steadyCodec).toBe(PCMU_CODEC);
    formats.agree(MEDIA);
    expect(formats.steadyCodec).toBe(PCMA_CODEC);
    formats.agree({ ...SEVERAL, codec: 'opus', payloadType: 107, others: [{ format: 'PCMA', payloadType: 8 }] });
    expect(formats.steadyCodec).toBe(OPUS_CODEC);
  });
});
