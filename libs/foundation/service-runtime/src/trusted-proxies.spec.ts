import { describe, expect, it } from 'vitest';
import { isProxyEntry, TrustedProxies } from './trusted-proxies.js';

const request = (remoteAddress: string, headers: Record<string, string> = {}) => ({
  headers: { host: '127.0.0.1:8080', ...headers },
  socket: { remoteAddress },
});

describe('trusted proxies', () => {
  const proxies = new TrustedProxies(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);

  it('are addresses and networks of both families, nothing else', () => {
    for (const good of ['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8'])
      expect([good, isProxyEntry(good)]).toEqual([good, true]);
    for (const bad of ['', 'proxy', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '1.2.3', '*', 'fe80::1%eth0'])
      expect([bad, isProxyEntry(bad)]).toEqual([bad, false]);
    for (const trusted of ['127.0.0.1', '::ffff:127.0.0.1', '10.200.0.1', 'fd12::1'])
      expect([trusted, proxies.trusts(trusted)]).toEqual([trusted, true]);
    for (const other of ['127.0.0.2', '11.0.0.1', '::1', '', 'nonsense', undefined])
      expect([other, proxies.trusts(other)]).toEqual([other, false]);
  });

  it('tell the client: the last one in the chain that is no proxy', () => {
    const of = (remote: string, chain?: string) =>
      proxies.addressOf(request(remote, chain === undefined ? {} : { 'x-forwarded-for': chain }));
    expect(of('127.0.0.1', '203.0.113.9')).toBe('203.0.113.9');
    expect(of('127.0.0.1', '198.51.100.1, 203.0.113.9, 10.0.0.2')).toBe('203.0.113.9');
    expect(of('127.0.0.1')).toBe('127.0.0.1');
    expect(of('127.0.0.1', 'nonsense')).toBe('127.0.0.1');
  });

  it('are the only ones who are believed', () => {
    const lies = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': 'pbx.example' };
    expect(proxies.addressOf(request('192.0.2.7', lies))).toBe('192.0.2.7');
    expect(proxies.hostOf(request('192.0.2.7', lies))).toBe('127.0.0.1:8080');
    expect(proxies.hostOf(request('127.0.0.1', lies))).toBe('pbx.example');
    expect(proxies.hostOf(request('127.0.0.1'))).toBe('127.0.0.1:8080');
    expect(new TrustedProxies([]).addressOf(request('127.0.0.1', lies))).toBe('127.0.0.1');
  });
});
