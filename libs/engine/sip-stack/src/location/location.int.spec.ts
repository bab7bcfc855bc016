import { parseSipOrSipsUri } from '@carillon/sip-message';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.js';
import { TestDnsServer } from '../testing/dns-server.js';
import { VirtualClock } from '../testing/virtual-clock.js';
import { CachedDns } from './cached-dns.js';
import type { Dns } from './dns.js';
import { locate } from './locate.js';
import { systemDns } from './system-dns.js';
import type { Reaches } from './target.js';

let server: TestDnsServer;
let dns: Dns;
beforeAll(async () => {
  server = await TestDnsServer.open();
  dns = systemDns({ servers: [server.address], timeoutMilliseconds: 300, tries: 1 });
});
afterAll(() => server.close());
beforeEach(() => server.clear());

const everywhere: Reaches = (protocol) => protocol === 'udp' || protocol === 'tcp' || protocol === 'tls';

/** `protocol address port` of each target, in order. */
async function found(uri: string, reaches: Reaches = everywhere): Promise<string[]> {
  const parsed = parseSipOrSipsUri(uri);
  if (parsed === undefined) throw new Error('No URI');
  const targets = await locate(parsed, { dns, random: () => 0, reaches });
  return targets.map(({ protocol, address, port }) => `${protocol} ${address} ${port}`);
}

const srv = (target: string, port: number, priority = 1, weight = 1) => ({ target, port, priority, weight });
const naptr = (service: string, replacement: string, order = 10, preference = 10, flags = 's') => ({
  ...{ order, preference, flags, regexp: '', replacement },
  services: service,
});

describe('an address in a URI', () => {
  it.each([
    ['sip:10.0.0.1', ['udp 10.0.0.1 5060']],
    ['sip:10.0.0.1:5070;transport=tcp', ['tcp 10.0.0.1 5070']],
    ['sips:10.0.0.1', ['tls 10.0.0.1 5061']],
    ['sips:10.0.0.1;transport=tcp', ['tls 10.0.0.1 5061']],
    ['sip:[2001:db8::1]:5062', ['udp 2001:db8::1 5062']],
    ['sip:named.example;maddr=10.0.0.9', ['udp 10.0.0.9 5060']],
    ['sips:10.0.0.1;transport=udp', []],
    ['sip:10.0.0.1;transport=sctp', []],
    ['sip:x.example;maddr=239.255.255.1', []],
    ['sip:[ff02::1]', []],
  ])('%s needs no name server', async (uri, targets) => {
    expect(await found(uri)).toEqual(targets);
    expect(server.questions).toEqual([]);
  });
});

describe('a name', () => {
  it('leads by NAPTR, SRV and addresses, in their order (RFC 3263 §4.1)', async () => {
    server.set('ex.test', 'NAPTR', [
      naptr('SIP+D2U', '_sip._udp.ex.test', 50, 50),
      naptr('SIPS+D2T', '_sips._tcp.ex.test', 10, 50),
      naptr('SIP+D2T', '_sip._tcp.ex.test', 10, 90),
      naptr('SIP+D2S', '_sip._sctp.ex.test', 1, 1),
      naptr('E2U+sip', '', 1, 1, 'u'),
    ]);
    server.set('_sips._tcp.ex.test', 'SRV', [srv('b.ex.test', 5071, 2), srv('a.ex.test', 5061, 1)]);
    server.set('_sip._tcp.ex.test', 'SRV', [srv('a.ex.test', 5060)]);
    server.set('_sip._udp.ex.test', 'SRV', [srv('a.ex.test', 5060)]);
    server.set('a.ex.test', 'A', ['10.0.0.1']);
    server.set('b.ex.test', 'A', ['10.0.0.2']);
    expect(await found('sip:ex.test')).toEqual([
      'tls 10.0.0.1 5061',
      'tls 10.0.0.2 5071',
      'tcp 10.0.0.1 5060',
      'udp 10.0.0.1 5060',
    ]);
    expect(await found('sips:ex.test')).toEqual(['tls 10.0.0.1 5061', 'tls 10.0.0.2 5071']);
  });

  it('without NAPTR leads by the SRV of what we have; without SRV by its address and UDP', async () => {
    server.set('_sip._tcp.srv.test', 'SRV', [srv('a.srv.test', 5080)]);
    server.set('a.srv.test', 'A', ['10.0.0.3']);
    expect(await found('sip:srv.test')).toEqual(['tcp 10.0.0.3 5080']);
    server.set('plain.test', 'A', ['10.0.0.4']);
    expect(await found('sip:plain.test')).toEqual(['udp 10.0.0.4 5060']);
    expect(await found('sips:plain.test')).toEqual(['tls 10.0.0.4 5061']);
  });

  it('with a port is asked for addresses alone, with a transport for its SRV alone', async () => {
    server.set('p.test', 'A', ['10.0.0.5']);
    server.set('_sip._tcp.p.test', 'SRV', [srv('p.test', 5090)]);
    expect(await found('sip:p.test:5062')).toEqual(['udp 10.0.0.5 5062']);
    expect(server.questions.sort()).toEqual(['A p.test', 'AAAA p.test']);
    server.questions.length = 0;
    expect(await found('sip:p.test;transport=tcp')).toEqual(['tcp 10.0.0.5 5090']);
    expect(server.questions.sort()).toEqual(['A p.test', 'AAAA p.test', 'SRV _sip._tcp.p.test']);
  });

  it('of both families gives IPv6 first, and only what we can reach (RFC 7984)', async () => {
    server.set('dual.test', 'A', ['10.0.0.6']);
    server.set('dual.test', 'AAAA', ['2001:db8::6']);
    expect(await found('sip:dual.test:5060')).toEqual(['udp 2001:db8::6 5060', 'udp 10.0.0.6 5060']);
    expect(await found('sip:dual.test:5060', (_protocol, family) => family === 4)).toEqual(['udp 10.0.0.6 5060']);
  });

  it('may be an alias', async () => {
    server.set('alias.test', 'CNAME', ['real.test']);
    server.set('real.test', 'A', ['10.0.0.7']);
    expect(await found('sip:alias.test:5060')).toEqual(['udp 10.0.0.7 5060']);
  });

  it('whose SRV says that there is no such service leads nowhere', async () => {
    server.set('_sip._tcp.none.test', 'SRV', [srv('.', 0)]);
    server.set('none.test', 'A', ['10.0.0.8']);
    expect(await found('sip:none.test;transport=tcp')).toEqual([]);
  });

  it('with very many records is asked over TCP, and bounded', async () => {
    const targets = Array.from({ length: 60 }, (_unused, index) => srv(`host-number-${index}.big.test`, 5060, index));
    server.set('_sip._udp.big.test', 'SRV', targets);
    for (const { target } of targets) server.set(target, 'A', ['10.1.0.1', '10.1.0.2', '10.1.0.3', '10.1.0.4']);
    const before = server.questions.length;
    expect(await found('sip:big.test;transport=udp')).toHaveLength(32);
    expect(server.questions.length - before).toBeLessThan(40);
    expect(server.questions.filter((question) => question === 'SRV _sip._udp.big.test')).toHaveLength(2);
  });

  it('localhost is never asked for', async () => {
    expect(await found('sip:localhost:5062')).toEqual(['udp ::1 5062', 'udp 127.0.0.1 5062']);
    expect(server.questions).toEqual([]);
  });
});

describe('trouble with names', () => {
  it.each(['silence', 'servfail', 'garbage'] as const)('%s leads nowhere, soon', async (trouble) => {
    for (const name of ['bad.test', '_sip._udp.bad.test', '_sip._tcp.bad.test', '_sips._tcp.bad.test']) {
      server.troubles.set(name, trouble);
    }
    const before = Date.now();
    expect(await found('sip:bad.test')).toEqual([]);
    expect(Date.now() - before).toBeLessThan(3000);
  });

  it('unknown names and loops of aliases lead nowhere', async () => {
    expect(await found('sip:unknown.test')).toEqual([]);
    server.set('one.test', 'CNAME', ['two.test']);
    server.set('two.test', 'CNAME', ['one.test']);
    expect(await found('sip:one.test:5060')).toEqual([]);
  });

  it('broken NAPTR does not hide a good SRV', async () => {
    server.troubles.set('half.test', 'servfail');
    server.set('_sip._udp.half.test', 'SRV', [srv('10-0-0-9.test', 5060)]);
    server.set('10-0-0-9.test', 'A', ['10.0.0.9']);
    expect(await found('sip:half.test')).toEqual(['udp 10.0.0.9 5060']);
  });
});

describe('the cache', () => {
  it('keeps answers for their time, failures shortly, and shares questions on their way', async () => {
    const clock = new VirtualClock();
    const cached = new CachedDns(dns, clock);
    server.set('c.test', 'A', ['10.0.0.1'], 20);
    await Promise.all([cached.addresses('c.test', 4), cached.addresses('C.test', 4)]);
    expect(server.questions).toHaveLength(1);
    await clock.advance(19_000);
    await cached.addresses('c.test', 4);
    expect(server.questions).toHaveLength(1);
    await clock.advance(2000);
    server.troubles.set('c.test', 'servfail');
    expect(await cached.addresses('c.test', 4)).toMatchObject({ kind: 'failed' });
    expect(server.questions.length).toBeGreaterThan(1);
    server.troubles.clear();
    await clock.advance(6000);
    expect(await cached.addresses('c.test', 4)).toMatchObject({ kind: 'records' });
  });

  it('is bounded', async () => {
    const answer = { kind: 'none' } as const;
    const none: Dns = {
      naptr: () => Promise.resolve(answer),
      srv: () => Promise.resolve(answer),
      addresses: () => Promise.resolve(answer),
    };
    const cached = new CachedDns(none, systemClock);
    for (let at = 0; at < 5000; at++) await cached.addresses(`name${at}.test`, 4);
    expect(cached.size).toBe(2000);
  });
});
