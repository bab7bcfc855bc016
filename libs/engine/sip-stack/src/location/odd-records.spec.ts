import { parseSipOrSipsUri } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import type { Dns, DnsAnswer, SrvRecord } from './dns.js';
import { locate } from './locate.js';
import type { Target } from './target.js';

const NONE = { kind: 'none' } as const;

/** A name service of records by question. */
function dnsOf(records: { srv?: Record<string, SrvRecord[]>; addresses?: Record<string, string[]> }): Dns {
  const answer = <T>(found: T[] | undefined): Promise<DnsAnswer<T>> =>
    Promise.resolve(found === undefined ? NONE : { kind: 'records', records: found, ttlSeconds: 0 });
  return {
    naptr: () => Promise.resolve(NONE),
    srv: (name) => answer(records.srv?.[name]),
    addresses: (name, family) => answer(family === 4 ? records.addresses?.[name] : undefined),
  };
}

function find(text: string, dns: Dns): Promise<readonly Target[]> {
  const uri = parseSipOrSipsUri(text);
  if (uri === undefined) throw new Error(`No URI: ${text}`);
  return locate(uri, { dns, random: () => 0, reaches: (protocol) => protocol === 'udp' });
}

describe('records that are not as usual', () => {
  it('more servers than are tried: the best of them count, not the first that came', async () => {
    const record = (at: number, priority: number): SrvRecord => ({
      name: `10.2.0.${at}`,
      port: 5060,
      priority,
      weight: 0,
    });
    const many = Array.from({ length: 40 }, (_unused, at) => record(at + 1, 50 - at));
    const targets = await find('sip:trunk.example', dnsOf({ srv: { '_sip._udp.trunk.example': many } }));
    expect(targets[0]?.address).toBe('10.2.0.40');
    expect(targets).toHaveLength(16);
  });

  it('IPv4 addresses written as IPv6 lead to IPv4', async () => {
    for (const host of ['[::ffff:192.0.2.7]', '[0:0:0:0:0:ffff:c000:207]']) {
      expect(await find(`sip:bob@${host}`, dnsOf({}))).toMatchObject([{ protocol: 'udp', address: '192.0.2.7' }]);
    }
  });

  it('a service that is there without a server leads nowhere, though the name has an address (RFC 2782)', async () => {
    const srv = { '_sip._udp.trunk.example': [{ name: '.', port: 0, priority: 0, weight: 0 }] };
    expect(await find('sip:trunk.example', dnsOf({ srv, addresses: { 'trunk.example': ['192.0.2.1'] } }))).toEqual([]);
  });

  it('servers without addresses lead nowhere', async () => {
    const srv = { '_sip._udp.trunk.example': [{ name: 'gone.example', port: 5060, priority: 0, weight: 0 }] };
    expect(await find('sip:trunk.example', dnsOf({ srv }))).toEqual([]);
  });
});
