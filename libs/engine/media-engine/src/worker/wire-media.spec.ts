import { expect, it } from 'vitest';
import type { EndpointMedia } from '../api/endpoint.js';
import { fromWireMedia, toWireMedia } from './wire-media.js';

const PLAIN: EndpointMedia = {
  codec: 'PCMU',
  payloadType: 0,
  telephoneEvent: { payloadType: 101, clockRate: 8000 },
  others: [
    { format: 'opus', payloadType: 111, receivePayloadType: 107 },
    { format: 'telephone-event', payloadType: 102, clockRate: 48_000 },
  ],
  remote: { address: '192.0.2.1', port: 4000 },
  direction: 'sendrecv',
};

it('media crosses as JSON, keys of SRTP with it', () => {
  const media: EndpointMedia = {
    ...PLAIN,
    srtp: {
      suite: 'AES_CM_128_HMAC_SHA1_80',
      // Views of something longer, as keys that were read are.
      send: { key: Uint8Array.from([9, 0, 255, 128, 9]).subarray(1, 4), salt: Uint8Array.of(1) },
      receive: { key: Uint8Array.of(7, 8), salt: new Uint8Array(14).fill(3), mkiLength: 4 },
    },
  };
  for (const one of [PLAIN, media])
    expect(fromWireMedia(JSON.parse(JSON.stringify(toWireMedia(one))) as ReturnType<typeof toWireMedia>)).toEqual(one);
});
