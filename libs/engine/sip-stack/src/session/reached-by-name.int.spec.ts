import { afterEach, beforeAll, expect, it } from 'vitest';
import type { InviteSession } from '../api/invite-session.js';
import type { UserAgent, UserAgentOptions } from '../api/user-agent.js';
import { TestAuthority } from '../testing/test-certificates.js';
import { ANSWER, SDP } from '../testing/test-bed.js';
import { createUserAgent } from '../user-agent/create-user-agent.js';

const HOST = '127.0.0.1';
let authority: TestAuthority;
const agents: UserAgent[] = [];

beforeAll(async () => {
  authority = await TestAuthority.make('Root');
});
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.close({ graceMilliseconds: 10 });
});

/** Every name is on loopback. */
const dns: UserAgentOptions['dns'] = {
  naptr: () => Promise.resolve({ kind: 'none' }),
  srv: () => Promise.resolve({ kind: 'none' }),
  addresses: (_name, family) =>
    Promise.resolve(family === 4 ? { kind: 'records', records: [HOST], ttlSeconds: 60 } : { kind: 'none' }),
};

async function open(name: string): Promise<UserAgent> {
  const agent = await createUserAgent({
    listen: [{ protocol: 'tls', host: HOST, port: 0 }],
    tls: {
      certificates: [await authority.issue({ uris: [`sip:${name}`] })],
      verification: () => ({ authorities: authority.certificate }),
    },
    dns,
  });
  agents.push(agent);
  return agent;
}

/** A call over TLS to a provider that is known by its name, while its Contact names its address. */
async function call() {
  const provider = await open('provider.example');
  const us = await open('us.example');
  const theirs = new Promise<InviteSession>((settle) => {
    provider.on('invite', (invite) => {
      const session = invite.accept({ sdp: ANSWER });
      if (session !== undefined) settle(session);
    });
  });
  const address = `sip:provider.example:${provider.addresses[0]?.port ?? 0};transport=tls`;
  const ours = new Promise<InviteSession>((settle, fail) => {
    us.invite({ target: address.replace('sip:', 'sip:4930@'), from: 'sip:us@us.example', sdp: SDP })
      .on('accepted', settle)
      .on('rejected', ({ status }) => fail(new Error(`Refused with ${status}`)));
  });
  const [session, remote] = [await ours, await theirs];
  remote.on('reinvite', (offer) => offer.accept({ sdp: ANSWER }));
  return {
    ...{ session, remote, address, us },
    drop: () => expect(provider.shedConnections(() => true, 'Idle')).toBeGreaterThan(0),
  };
}

it('a peer whose connection is gone, and whose Contact no certificate proves, is reached by its own name', async () => {
  const { session, remote, address, drop, us } = await call();
  session.reachBy({ find: (known) => known, address });
  drop();
  expect(await session.reinvite({ sdp: SDP })).toMatchObject({ ok: true, status: 200 });
  // Its ACK went by the same connection, and so does what follows.
  await expect.poll(() => remote.state).toBe('confirmed');
  expect(us.stats().connections).toBe(1);
  drop();
  expect(await session.bye()).toMatchObject({ ok: true, status: 200 });
  expect(remote.state).toBe('ended');
});

it('where nobody knows its name, it is lost', async () => {
  const { session, drop } = await call();
  drop();
  expect(await session.bye()).toMatchObject({ ok: false, cause: 'transport' });
});
