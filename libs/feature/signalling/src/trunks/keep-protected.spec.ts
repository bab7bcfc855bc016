import { expect, it } from 'vitest';
import { keepProtected } from './keep-protected.js';
import type { Trunk } from './trunk.js';

const trunk = (mediaEncryption: Trunk['mediaEncryption'], more: Partial<Trunk> = {}): Trunk =>
  ({ mediaEncryption, transport: 'tls', keysInClear: false, clearFallback: false, ...more }) as Trunk;
const usesOf = (...trunks: Trunk[]) =>
  keepProtected(trunks).map(({ trunk: { mediaEncryption }, use }) => `${use.kind} ${mediaEncryption}`);

it('a call that belongs on a trunk with SRTP alone never goes out in the clear behind it', () => {
  expect(usesOf(trunk('srtp'), trunk('none'), trunk('srtp'), trunk('srtp-optional'))).toEqual([
    'as-it-is srtp',
    'passed-over none',
    'as-it-is srtp',
    'insisting srtp',
  ]);
});

it('a trunk whose keys would be readable cannot take it with SRTP', () => {
  const udp = trunk('srtp-optional', { transport: 'udp' });
  expect(usesOf(trunk('srtp'), udp, { ...udp, keysInClear: true })).toEqual([
    'as-it-is srtp',
    'passed-over srtp-optional',
    'insisting srtp',
  ]);
});

it('what stands before it is the admin’s choice, and so is a fallback', () => {
  expect(usesOf(trunk('none'), trunk('srtp'))).toEqual(['as-it-is none', 'as-it-is srtp']);
  expect(usesOf(trunk('srtp', { clearFallback: true }), trunk('none'))).toEqual(['as-it-is srtp', 'as-it-is none']);
});
