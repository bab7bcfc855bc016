import { expect, it } from 'vitest';
import {
  dtlsLines,
  midExtensionLine,
  midExtensionOf,
  parseIceCandidate,
  webRtcLines,
  type MediaDescription,
} from '../index.js';

const side = {
  usernameFragment: 'ufrag',
  password: 'password',
  candidates: [
    { foundation: 'udp', priority: 2, address: '192.0.2.7', port: 40_000, protocol: 'udp' as const },
    { foundation: 'tcp', priority: 1, address: '192.0.2.7', port: 40_000, protocol: 'tcp' as const },
  ],
  fingerprints: [{ hash: 'sha-256', value: 'AA:BB' }],
  setup: 'actpass' as const,
  cname: 'us',
};
const written = (ssrc?: number): string[] =>
  webRtcLines({ ...side, ssrc }).map(({ name, value }) => (value === undefined ? name : `${name}:${value}`));

it('says who we are, where, and with which certificate', () => {
  expect(written(7)).toEqual([
    'ice-ufrag:ufrag',
    'ice-pwd:password',
    'candidate:udp 1 udp 2 192.0.2.7 40000 typ host',
    'candidate:tcp 1 tcp 1 192.0.2.7 40000 typ host tcptype passive',
    'end-of-candidates',
    'msid:carillon audio',
    'fingerprint:sha-256 AA:BB',
    'setup:actpass',
    'ssrc:7 cname:us',
  ]);
  expect(written().some((line) => line.startsWith('ssrc'))).toBe(false);
  expect(parseIceCandidate(written()[3]?.slice('candidate:'.length) ?? '')).toMatchObject({
    transport: 'tcp',
    extensions: { tcptype: 'passive' },
  });
});

it.each([
  ['4 urn:ietf:params:rtp-hdrext:sdes:mid', 4],
  ['3/sendrecv urn:ietf:params:rtp-hdrext:sdes:mid', 3],
  ['1 urn:ietf:params:rtp-hdrext:ssrc-audio-level', undefined],
  ['15 urn:ietf:params:rtp-hdrext:sdes:mid', undefined],
  ['x urn:ietf:params:rtp-hdrext:sdes:mid', undefined],
])('reads the id of the MID extension from %s', (value, id) => {
  const media = { attributes: [{ name: 'extmap', value }] } as unknown as MediaDescription;
  expect(midExtensionOf(media)).toBe(id);
  if (id !== undefined) expect(midExtensionOf({ ...media, attributes: [midExtensionLine(id)] })).toBe(id);
});

it('without ICE says its certificate and its source alone', () => {
  const side = { fingerprints: [{ hash: 'sha-256', value: 'AA:BB' }], setup: 'passive', cname: 'us' } as const;
  const written = dtlsLines({ ...side, ssrc: 7 }).map(({ name, value }) => `${name}:${value}`);
  expect(written).toEqual(['fingerprint:sha-256 AA:BB', 'setup:passive', 'ssrc:7 cname:us']);
  expect(dtlsLines({ ...side, ssrc: undefined }).some(({ name }) => name === 'ssrc')).toBe(false);
});
