import { describe, expect, it } from 'vitest';
import { parseNetwork } from './ip-network.js';

describe('a network that somebody types', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    [' 192.0.2.7/32 ', '192.0.2.7'],
    ['192.0.2.77/24', '192.0.2.0/24'],
    ['198.51.255.9/17', '198.51.128.0/17'],
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['172.16.0.0/12', '172.16.0.0/12'],
    ['192.168.0.0/16', '192.168.0.0/16'],
    ['2001:DB8:0:0:1::1', '2001:db8::1:0:0:1'],
    ['2001:db8:1:2:3:4:5:6/64', '2001:db8:1:2::/64'],
    ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['::1', '::1'],
    ['::ffff:192.0.2.9', '192.0.2.9'],
    ['::ffff:c000:0209/120', '192.0.2.0/24'],
  ])('%s is %s', (text, network) => {
    expect(parseNetwork(text)).toEqual({ ok: true, network });
  });

  it.each([
    ['', /Enter an address/],
    ['branch.example', /Enter an address/],
    ['192.0.2.0/24/8', /Enter an address/],
    ['192.0.2.0/', /Enter an address/],
    ['192.0.2.0/-1', /Enter an address/],
    ['192.0.2.256', /Enter an address/],
    ['fe80::1%eth0', /Enter an address/],
    ['192.0.2.0/33', /32 at most/],
    ['2001:db8::/129', /128 at most/],
    ['0.0.0.0/0', /everybody/],
    ['::/0', /everybody/],
    ['::ffff:0:0/96', /everybody/],
    ['203.0.113.0/15', /too wide: \/16/],
    ['10.0.0.0/7', /too wide: \/8/],
    ['172.16.0.0/11', /too wide: \/16/],
    ['2001:db8::/31', /too wide: \/32/],
    ['::ffff:0:0/95', /everybody/],
    ['::/40', /everybody/],
    ['0.0.0.0', /stands for none/],
    ['::', /stands for none/],
  ])('%s is refused, with words', (text, words) => {
    const parsed = parseNetwork(text);
    expect(parsed.ok ? parsed.network : parsed.words).toMatch(words);
  });
});
