import { describe, expect, it } from 'vitest';
import { hostInUrl, parseIpAddress, toIpv6 } from './ip-address.js';

const hex = (text: string): string | undefined => {
  const octets = parseIpAddress(text);
  return octets && [...octets].map((one) => one.toString(16).padStart(2, '0')).join('');
};

describe('an IP address', () => {
  it.each([
    ['192.0.2.1', 'c0000201'],
    ['::', '00'.repeat(16)],
    ['::1', `${'00'.repeat(15)}01`],
    ['2001:db8::a:1', '20010db80000000000000000000a0001'],
    ['[2001:db8:0:0:0:0:0:2]', '20010db8000000000000000000000002'],
    ['fe80::1%eth0', 'fe800000000000000000000000000001'],
    ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
  ])('%s has its octets', (text, octets) => {
    expect(hex(text)).toBe(octets);
  });

  it.each([
    '',
    'host',
    '1.2.3',
    '1.2.3.256',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    'g::1',
    '::1.2.3',
  ])('%j is none', (text) => expect(parseIpAddress(text)).toBeUndefined());

  it('of IPv4 is written as one of IPv6', () => {
    expect([...toIpv6(Uint8Array.of(192, 0, 2, 1))].slice(10)).toEqual([255, 255, 192, 0, 2, 1]);
  });
});

it('a host in a URL has brackets where it is IPv6', () => {
  expect(['pbx.example', '192.0.2.1', '2001:db8::1'].map(hostInUrl)).toEqual([
    'pbx.example',
    '192.0.2.1',
    '[2001:db8::1]',
  ]);
});
