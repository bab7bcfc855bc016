import { parseSessionDescription } from '@carillon/sdp';
import { describe, expect, it } from 'vitest';
import { addressTowards, familyOf } from './own-address.js';
import { readOffer } from './negotiate.js';

const OURS = { advertisedAddress: '192.0.2.10', advertisedAddress6: '2001:db8::10' };

function offerWith(connection: string): string {
  return ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 't=0 0', 'm=audio 4000 RTP/AVP 0', connection, ''].join('\r\n');
}

describe('the family of who offers', () => {
  it.each([
    ['c=IN IP4 192.0.2.1', 'ipv4'],
    ['c=IN IP6 2001:db8::1', 'ipv6'],
    ['c=IN IP6 ::', 'ipv6'],
    ['c=IN IP4 phone.example', 'ipv4'],
    ['c=IN IP6 phone.example', 'ipv6'],
    ['c=IN IP4 0.0.0.0', undefined],
  ])('of %s is %s', (connection, family) => {
    const text = offerWith(connection);
    expect(parseSessionDescription(text).ok).toBe(true);
    const offer = readOffer(text, { dtls: false, mustEncrypt: false });
    expect(offer.ok && familyOf(offer.value)).toBe(family);
  });
});

it('a peer is told of an address of its family, where we have one', () => {
  expect(addressTowards(OURS, 'ipv6')).toBe('2001:db8::10');
  expect(addressTowards(OURS, 'ipv4')).toBe('192.0.2.10');
  expect(addressTowards(OURS, undefined)).toBe('192.0.2.10');
  expect(addressTowards({ advertisedAddress: '192.0.2.10' }, 'ipv6')).toBe('192.0.2.10');
});
