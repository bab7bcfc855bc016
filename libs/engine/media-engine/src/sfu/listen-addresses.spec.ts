import { expect, it } from 'vitest';
import { listenAddresses } from './listen-addresses.js';

const both = { announcedAddress: '192.0.2.1', announcedAddress6: '2001:db8::1' };

it('has a candidate of each family where the machine listens on both, IPv6 first', () => {
  expect(listenAddresses('::', both)).toEqual([
    { ip: '::', announcedAddress: '2001:db8::1', flags: { ipv6Only: true } },
    { ip: '0.0.0.0', announcedAddress: '192.0.2.1' },
  ]);
});

it.each([
  ['0.0.0.0', both, { ip: '0.0.0.0', announcedAddress: '192.0.2.1' }],
  ['192.0.2.1', both, { ip: '192.0.2.1' }],
  ['::', { announcedAddress: '192.0.2.1', announcedAddress6: undefined }, { ip: '::', announcedAddress: '192.0.2.1' }],
  [
    '::',
    { announcedAddress: '2001:db8::1', announcedAddress6: '2001:db8::1' },
    { ip: '::', announcedAddress: '2001:db8::1' },
  ],
])('on %s, told %o, there is one', (ip, told, listened) => expect(listenAddresses(ip, told)).toEqual([listened]));
