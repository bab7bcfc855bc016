import { newId, OrganisationId, TrunkId } from '@carillon/domain';
import { ManualClock, silentLogger } from '@carillon/service-runtime';
import type { UserAgent } from '@carillon/sip-stack';
import { expect, it } from 'vitest';
import { learnSources } from './learn-sources.js';
import { TrunkLine } from './trunk-line.js';
import type { TrunkParts } from './trunk-parts.js';
import type { Trunk } from './trunk.js';

const trunk: Trunk = {
  ...{ trunkId: newId(TrunkId), name: 'City', host: 'provider.invalid', port: undefined, transport: 'udp' },
  ...{ credentials: undefined, registers: false, challenges: false, trusted: false, maxCalls: 1, maxCallsPerSecond: 1 },
  ...{ outbound: [], inbound: [], defaultExtension: null, callerNumber: '', callerIdentity: 'main', priority: 1 },
  ...{ mediaEncryption: 'none', keysInClear: false, clearFallback: false, nextTrunkStatuses: [] },
  sourceAddresses: ['192.0.2.0/24', '10.0.0.0/8', '2001:db8::/48'],
};

function bench() {
  const servers: string[] = [];
  const clock = new ManualClock();
  const asked: string[] = [];
  const addressesOf = (uri: string): Promise<string[]> => {
    asked.push(uri);
    return Promise.resolve([...servers]);
  };
  const userAgent = { addressesOf } as Pick<UserAgent, 'addressesOf'> as UserAgent;
  const parts: TrunkParts = {
    ...{ userAgent, clock, logger: silentLogger(), random: () => 0, credentialsOf: () => undefined },
  };
  return { servers, clock, asked, parts, line: new TrunkLine(newId(OrganisationId), 'demo.example', trunk) };
}

async function until(what: () => boolean): Promise<void> {
  for (let turn = 0; turn < 400 && !what(); turn += 1) await new Promise((settle) => setTimeout(settle, 5));
  expect(what()).toBe(true);
}

it('learns the servers of a trunk by its name, again and again, and keeps those that it had', async () => {
  const { servers, clock, asked, parts, line } = bench();
  servers.push('198.51.100.1');
  const ended = learnSources(parts, line, () => Promise.resolve(['203.0.113.5']));
  await until(() => line.peers.has('198.51.100.1'));
  expect(asked).toEqual(['sip:provider.invalid']);
  servers.splice(0, 1, '198.51.100.2');
  await until(() => {
    clock.advance(300_000);
    return line.peers.has('198.51.100.2');
  });
  expect([line.sources.has('198.51.100.1'), line.peers.has('198.51.100.3')]).toEqual([true, false]);
  expect(line.peers.has('203.0.113.5')).toBe(true);
  line.closing.abort();
  await ended;
});

it('sends calls on to the servers that its name leads to today, and keeps to those while the DNS is silent', async () => {
  const { servers, clock, asked, parts, line } = bench();
  servers.push('198.51.100.1');
  const ended = learnSources(parts, line, () => Promise.resolve([]));
  await until(() => line.isServer('198.51.100.1'));
  servers.splice(0, 1, '198.51.100.2');
  await until(() => {
    clock.advance(300_000);
    return line.isServer('198.51.100.2');
  });
  expect([line.isServer('198.51.100.1'), line.sources.has('198.51.100.1')]).toEqual([false, true]);
  servers.length = 0;
  const before = asked.length;
  await until(() => {
    clock.advance(300_000);
    return asked.length > before + 1;
  });
  expect(line.isServer('198.51.100.2')).toBe(true);
  line.closing.abort();
  await ended;
});

it('sends calls on to addresses that its settings name, and to nobody else in a network of theirs', () => {
  const sourceAddresses = ['192.0.2.0/24', '198.51.100.7', '203.0.113.9/32', '2001:db8::/32', '2001:db8:1::5/128'];
  const line = new TrunkLine(newId(OrganisationId), 'demo.example', { ...trunk, host: '192.0.2.1', sourceAddresses });
  const own = ['192.0.2.1', '198.51.100.7', '203.0.113.9', '2001:db8:1:0::5'];
  const others = ['192.0.2.9', '2001:db8::9', '203.0.113.10'];
  expect([...own, ...others].filter((address) => line.isServer(address))).toEqual(own);
  // Their calls are taken all the same.
  expect(others.map((address) => line.peers.has(address))).toEqual([true, true, false]);
});

it('takes calls from a wide network, but does not vouch for everybody in it', () => {
  const { line } = bench();
  for (const address of ['192.0.2.9', '2001:db8::9'])
    expect([line.sources.has(address), line.peers.has(address)]).toEqual([true, true]);
  expect([line.sources.has('10.1.2.3'), line.peers.has('10.1.2.3')]).toEqual([true, false]);
});
