import { isIPv6 } from 'node:net';
import { expect, it } from 'vitest';
import { ipv6Groups } from './ipv6-groups.js';

it.each([
  ['::1', '0:0:0:0:0:0:0:1'],
  ['2001:DB8::0010:0', '2001:db8:0:0:0:0:10:0'],
  ['::ffff:192.0.2.1', '0:0:0:0:0:ffff:c000:201'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
])('%s is %s', (text, groups) => expect(ipv6Groups(text)).toBe(groups));

it.each([
  ...['', '1', ':', ':::', '1:2', '1::2::3', ':1::2', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', '12345::', 'g::'],
  ...['::300.1.1.1', '::1.0.300.1', '::1001.1.1.1', '::1.2.3', '1.2.3.4', '1.2.3.4::', '::1.2.3.4:5', '::1.2.3.4.5'],
])('%j is no address', (text) => {
  expect(ipv6Groups(text)).toBeUndefined();
  expect(isIPv6(text)).toBe(false);
});
