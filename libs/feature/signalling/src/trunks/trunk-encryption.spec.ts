import { expect, it } from 'vitest';
import { mayCarryKeys, mustEncrypt, offersOverTrunk, offerToTrunk } from './trunk-encryption.js';

it.each([
  ['none', 'tls', false, ['none'], 'none'],
  ['srtp-optional', 'tls', false, ['srtp', 'srtp-optional'], 'srtp-optional'],
  ['srtp', 'tls', false, ['srtp'], 'srtp'],
  ['srtp-optional', 'udp', false, ['none'], 'none'],
  ['srtp-optional', 'tcp', true, ['srtp', 'srtp-optional'], 'srtp-optional'],
  ['srtp', 'udp', false, [], 'none'],
  ['srtp', 'udp', true, ['srtp'], 'srtp'],
] as const)('%s over %s, keys readable: %s', (mediaEncryption, transport, keysInClear, offers, offer) => {
  const trunk = { mediaEncryption, transport, keysInClear };
  expect(offersOverTrunk(trunk)).toEqual(offers);
  expect(offerToTrunk(trunk, transport)).toBe(offer);
});

it('a call that came over UDP gets no key of a trunk that is reached by TLS', () => {
  const trunk = { mediaEncryption: 'srtp-optional', transport: 'tls', keysInClear: false } as const;
  expect([mayCarryKeys(trunk, 'udp'), offerToTrunk(trunk, 'udp')]).toEqual([false, 'none']);
});

it('only a trunk with SRTP always refuses the clear', () => {
  const refuses = (['none', 'srtp-optional', 'srtp'] as const).map((mediaEncryption) =>
    mustEncrypt({ mediaEncryption }),
  );
  expect([...refuses, mustEncrypt(undefined)]).toEqual([false, false, true, false]);
});
