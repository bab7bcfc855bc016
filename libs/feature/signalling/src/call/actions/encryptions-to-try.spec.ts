import { STANDARD_PROFILE, type MediaEncryption } from '@carillon/domain';
import { expect, it } from 'vitest';
import type { Binding } from '../../registrar/binding.js';
import { encryptionsToTry } from './encryptions-to-try.js';
import type { LegWay } from './leg-way.js';

const device = (protocol: string, userAgent = 'Phone'): LegWay => ({
  kind: 'device',
  binding: { protocol, userAgent } as Binding,
});

it.each([
  ['ws', ['dtls', 'none']],
  ['wss', ['dtls', 'none']],
  ['tls', ['srtp-optional', 'srtp', 'dtls-without-ice']],
  ['udp', ['none', 'srtp', 'dtls-without-ice']],
  ['tcp', ['none', 'srtp', 'dtls-without-ice']],
])('a phone on %s is offered %j', (protocol, encryptions) => {
  expect(encryptionsToTry(device(protocol), [])).toEqual(encryptions);
});

it.each(['none', 'srtp', 'srtp-optional', 'dtls'] as const)('what its profile says, %s, is said once', (encryption) => {
  const own = (mediaEncryption: MediaEncryption) => [
    { name: 'Lobby', userAgent: 'Door', quirks: { ...STANDARD_PROFILE.quirks, mediaEncryption } },
  ];
  expect(encryptionsToTry(device('ws', 'DoorPhone/1'), own(encryption))).toEqual([encryption]);
  const onUdp = encryption === 'dtls' ? 'dtls-without-ice' : encryption;
  expect(encryptionsToTry(device('udp', 'DoorPhone/1'), own(encryption))).toEqual([onUdp]);
  expect(encryptionsToTry(device('udp'), own(encryption))).toEqual(['none', 'srtp', 'dtls-without-ice']);
});
