import { describe, expect, it } from 'vitest';
import { MemoryNetwork } from '../testing/memory-network.js';
import { SeededRandom } from '../testing/seeded-random.js';
import { SDP } from '../testing/test-bed.js';
import { VirtualClock } from '../testing/virtual-clock.js';
import { SipUserAgent } from '../user-agent/sip-user-agent.js';
import type { Dns } from './dns.js';

const NEAR = '10.2.0.1';
const FAR = '10.2.0.2';

/** Two servers of one name, over TCP. */
const dns: Dns = {
  naptr: () => Promise.resolve({ kind: 'none' }),
  srv: () => Promise.resolve({ kind: 'none' }),
  addresses: () => Promise.resolve({ kind: 'records', ttlSeconds: 60, records: [NEAR, FAR] }),
};

/** A caller, and peers at these addresses that are busy. @param handshake how long a connection takes to open */
async function bench(handshake: (to: string) => number, peers: readonly string[]) {
  const clock = new VirtualClock();
  const began = clock.now();
  const network = new MemoryNetwork(clock);
  network.handshake = handshake;
  const both = (host: string) => (['udp', 'tcp'] as const).map((protocol) => ({ protocol, host, port: 5060 }));
  const open = (host: string, seed: number) =>
    SipUserAgent.open({ listen: both(host), clock, random: new SeededRandom(seed), dns }, network);
  const caller = await open('10.2.0.9', 9);
  const heard: string[] = [];
  for (const [seed, host] of peers.entries()) {
    const peer = await open(host, seed);
    peer.on('invite', (invite) => {
      heard.push(`${host} ${invite.source.protocol} ${clock.now() - began}`);
      invite.reject(486);
    });
  }
  /** @returns how it ended, and when */
  const call = (
    target: string,
    { octets = 1, ...more }: { octets?: number; elsewhere?: boolean; answerWithinMilliseconds?: number } = {},
  ) => {
    const ended: string[] = [];
    const headers = { 'X-Long': 'x'.repeat(octets) };
    caller
      .invite({ target, from: 'sip:a@a.example', sdp: SDP, headers, ...more })
      .on('rejected', ({ status, cause }) => ended.push(`${status} ${cause} ${clock.now() - began}`));
    return ended;
  };
  return { clock, network, heard, call };
}

const dropped = (to: string): number => (to.startsWith(NEAR) ? Infinity : 5);

it('a large INVITE goes over UDP after two seconds where nothing comes of TCP (RFC 3261 §18.1.1)', async () => {
  const { clock, heard, call } = await bench(dropped, [NEAR]);
  const ended = call(`sip:bob@${NEAR}`, { octets: 2000 });
  await clock.advance(3000);
  expect(heard).toEqual([`${NEAR} udp 2005`]);
  expect(ended).toEqual(['486 response 2010']);
  // And the next one at once.
  call(`sip:bob@${NEAR}`, { octets: 2000 });
  await clock.advance(100);
  expect(heard.slice(1)).toEqual([`${NEAR} udp 3005`]);
});

it('what went by another way does not go out once more by the connection that opens after all', async () => {
  const { clock, network, heard, call } = await bench(() => 3000, [NEAR]);
  call(`sip:bob@${NEAR}`, { octets: 2000 });
  await clock.advance(10_000);
  expect(heard).toEqual([`${NEAR} udp 2005`]);
  expect(network.sent('SIP/2.0').map(({ text }) => text.slice(8, 11))).toEqual(['486']);
});

it('the next server of a name is tried after two seconds (RFC 3263 §4.3)', async () => {
  const { clock, heard, call } = await bench(dropped, [FAR]);
  call('sip:bob@trunk.example;transport=tcp');
  await clock.advance(3000);
  expect(heard).toEqual([`${FAR} tcp 2010`]);
});

it('the last way has its full time, unless whoever calls has others', async () => {
  const { clock, call } = await bench(dropped, []);
  const last = call(`sip:bob@${NEAR};transport=tcp`);
  const one = call(`sip:bob@${NEAR}:5070;transport=tcp`, { elsewhere: true });
  await clock.advance(10_000);
  expect(last).toEqual(['503 transport 8000']);
  expect(one).toEqual(['503 transport 2000']);
});

describe('where whoever calls waits five seconds in all for a first answer', () => {
  const inFive = { answerWithinMilliseconds: 5000 };
  /** The next INVITE is taken in by nobody. */
  const swallowOne = (network: MemoryNetwork): void => {
    let swallowed = false;
    network.fate = ({ text }) => {
      const swallows = !swallowed && text.startsWith('INVITE');
      swallowed ||= swallows;
      return swallows ? [1e9] : [5];
    };
  };

  it('a server that takes the connection and says nothing is left when it has had its share', async () => {
    const { clock, network, heard, call } = await bench(() => 5, [NEAR, FAR]);
    swallowOne(network);
    const ended = call('sip:bob@trunk.example;transport=tcp', inFive);
    await clock.advance(5000);
    expect(heard).toEqual([`${FAR} tcp 2510`]);
    expect(ended).toEqual(['486 response 2515']);
  });

  it('so is one behind a connection that stood before', async () => {
    const { clock, network, heard, call } = await bench(() => 5, [NEAR, FAR]);
    call('sip:bob@trunk.example;transport=tcp', inFive);
    await clock.advance(1000);
    swallowOne(network);
    call('sip:bob@trunk.example;transport=tcp', inFive);
    await clock.advance(5000);
    expect(heard).toEqual([`${NEAR} tcp 10`, `${FAR} tcp 3510`]);
  });

  it('one that is silent is not asked by another way as well: that would be a loop to it (RFC 3261 §8.2.2.2)', async () => {
    const { clock, network, heard, call } = await bench(() => 5, [NEAR, FAR]);
    swallowOne(network);
    call('sip:bob@trunk.example', { ...inFive, octets: 2000 });
    await clock.advance(5000);
    expect(heard).toEqual([`${FAR} tcp 2510`]);
  });

  it('a server with two ways has all the time where it is the only one', async () => {
    const { clock, network, heard, call } = await bench(dropped, [NEAR]);
    call(`sip:bob@${NEAR}`, { octets: 2000 });
    await clock.advance(10_000);
    // UDP is first now, since TCP has failed lately.
    network.fate = ({ text }) => [text.startsWith('INVITE') ? 3000 : 5];
    const ended = call(`sip:bob@${NEAR}`, { ...inFive, octets: 2000 });
    await clock.advance(5000);
    expect(heard.slice(1)).toEqual([`${NEAR} udp 13000`]);
    expect(ended).toEqual(['486 response 13005']);
  });
});
