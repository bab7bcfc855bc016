import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ConnectionArrival } from '../api/flow.js';
import type { ListenAddress, UserAgent } from '../api/user-agent.js';
import { options, rawClient } from '../testing/raw-clients.js';
import { TestAuthority } from '../testing/test-certificates.js';
import { createUserAgent } from '../user-agent/create-user-agent.js';

const PROTOCOLS = ['tcp', 'tls', 'ws', 'wss'] as const;

let agent: UserAgent;
let wanted = (_: ConnectionArrival): boolean => true;
const arrivals: ConnectionArrival[] = [];

beforeAll(async () => {
  const authority = await TestAuthority.make('Root');
  const certificate = await authority.issue({ dns: ['carillon.example'], addresses: ['127.0.0.1'] });
  agent = await createUserAgent({
    listen: PROTOCOLS.map((protocol): ListenAddress => ({ protocol, host: '127.0.0.1', port: 0 })),
    tls: { certificates: [certificate] },
    limits: { maxConnections: 50 },
    admitsConnection: (arrival) => {
      arrivals.push(arrival);
      return wanted(arrival);
    },
  });
});
afterAll(() => agent.close());

function target(protocol: (typeof PROTOCOLS)[number]) {
  const found = agent.addresses.find((address) => address.protocol === protocol);
  if (found === undefined) throw new Error('Not listening');
  return found;
}

it.each(PROTOCOLS)('a peer that is not wanted gets nowhere over %s, not even into a handshake', async (protocol) => {
  wanted = () => false;
  arrivals.length = 0;
  // As plain TCP: it is closed before TLS or an upgrade are spoken of.
  const refused = await rawClient({ ...target(protocol), protocol: 'tcp' });
  await refused.closed;
  expect(refused.heard).toEqual([]);
  expect(arrivals).toMatchObject([
    { address: '127.0.0.1', port: refused.localPort, open: 0, openFromAddress: 0, most: 50 },
  ]);
  wanted = () => true;
  const peer = await rawClient(target(protocol));
  peer.send(options(protocol, `w${protocol}`));
  await peer.hears(/^SIP\/2\.0 200/);
  peer.close();
  await peer.closed;
});

it.each(PROTOCOLS)(
  'connections over %s of a peer that is not wanted any more are closed, others stay',
  async (protocol) => {
    const [bad, good] = [await rawClient(target(protocol)), await rawClient(target(protocol))];
    bad.send(options(protocol, `b${protocol}`, { via: 'client.example;rport' }));
    const [, rport = ''] = /;rport=(\d+)/.exec(await bad.hears(/^SIP\/2\.0 200/)) ?? [];
    expect(agent.shedConnections(({ remotePort }) => remotePort === Number(rport), 'not wanted')).toBe(1);
    await bad.closed;
    good.send(options(protocol, `c${protocol}`));
    await good.hears(/^SIP\/2\.0 200/);
    good.close();
    await good.closed;
  },
);

it('the servers of a URI are told by their addresses, whether by name or by number', async () => {
  expect(await agent.addressesOf('sip:192.0.2.7:5070')).toEqual(['192.0.2.7']);
  expect(await agent.addressesOf('tel:+49')).toEqual([]);
});
