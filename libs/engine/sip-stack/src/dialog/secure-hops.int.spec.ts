import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { InviteSession } from '../api/invite-session.js';
import type { InviteOptions } from '../api/outgoing-invite.js';
import type { RequestFailure } from '../api/request-outcome.js';
import type { ProxyPlan } from '../api/routed-request.js';
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

/** Listens on UDP and TLS, and keeps what comes. */
async function open(name: string) {
  const heard: string[] = [];
  const agent = await createUserAgent({
    listen: [
      { protocol: 'udp', host: HOST, port: 0 },
      { protocol: 'tls', host: HOST, port: 0 },
    ],
    tls: {
      certificates: [await authority.issue({ uris: [`sip:${name}`, `sip:${HOST}`] })],
      verification: () => ({ authorities: authority.certificate }),
    },
    tap: ({ direction, bytes }) => {
      if (direction === 'in') heard.push(Buffer.from(bytes).toString());
    },
    proxy: { isOwnHost: (host) => host === name },
    dns,
  });
  agents.push(agent);
  const portOf = (protocol: string): number => agent.addresses.find((one) => one.protocol === protocol)?.port ?? 0;
  const request = (method: string): string => heard.find((text) => text.startsWith(`${method} `)) ?? '';
  return { agent, heard, request, name, tls: portOf('tls'), udp: portOf('udp') };
}
type Peer = Awaited<ReturnType<typeof open>>;

const answering = (peer: Peer): Promise<InviteSession> =>
  new Promise((settle) => {
    peer.agent.on('invite', (invite) => {
      const session = invite.accept({ sdp: ANSWER });
      if (session !== undefined) settle(session);
    });
  });

const calling = (peer: Peer, options: Pick<InviteOptions, 'target' | 'route' | 'flow' | 'secure' | 'trustsFlow'>) =>
  new Promise<{ session?: InviteSession; failure?: RequestFailure }>((settle) => {
    peer.agent
      .invite({ from: 'sip:alice@a.example', sdp: SDP, ...options })
      .on('accepted', (session) => settle({ session }))
      .on('rejected', (failure) => settle({ failure }));
  });

/** A server that answers each INVITE, with a Contact of its own choice. */
async function answeringOverTls(name: string, contact: string) {
  const { chain, key } = await authority.issue({ uris: [`sip:${name}`] });
  const sockets: TLSSocket[] = [];
  const server = createServer({ cert: chain, key }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      const text = bytes.toString();
      if (!text.startsWith('INVITE ')) return;
      const copied = text.split('\r\n').filter((line) => /^(?:Via|From|Call-ID|CSeq):/.test(line));
      const to = `To: ${header(text, 'To')};tag=b`;
      const more = [to, `Contact: <${contact}>`, 'Content-Type: application/sdp', `Content-Length: ${ANSWER.length}`];
      socket.write(['SIP/2.0 200 OK', ...copied, ...more, '', ANSWER].join('\r\n'));
    });
  });
  await new Promise<void>((bound) => void server.listen(0, HOST, bound));
  const { port } = server.address() as AddressInfo;
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return { port, hangUp, close: () => void server.close() };
}

const firstLine = (text: string): string => text.split('\r\n', 1)[0] ?? '';
const header = (text: string, name: string): string => new RegExp(`^${name}: (.*)\\r$`, 'm').exec(text)?.[1] ?? '';

describe('a call to a sips URI', () => {
  it('goes over TLS, says sips in the Contacts of both, and stays on TLS when its connection is gone', async () => {
    const [bob, alice] = [await open('bob.example'), await open('alice.example')];
    const theirs = answering(bob);
    const { session } = await calling(alice, { target: `sips:bob@bob.example:${bob.tls}` });
    if (session === undefined) throw new Error('Not answered');
    const invite = bob.request('INVITE');
    expect([firstLine(invite), header(invite, 'Via')]).toEqual([
      `INVITE sips:bob@bob.example:${bob.tls} SIP/2.0`,
      expect.stringMatching(/^SIP\/2\.0\/TLS /),
    ]);
    // RFC 5630 §5.1.1: transport=tls is nothing that goes with it.
    expect(header(invite, 'Contact')).toMatch(/^<sips:127\.0\.0\.1:\d+>/);
    const answer = alice.heard.find((text) => text.startsWith('SIP/2.0 200')) ?? '';
    expect(header(answer, 'Contact')).toMatch(/^<sips:[^;]*>/);
    const remote = await theirs;
    expect(bob.agent.shedConnections(() => true, 'Idle')).toBeGreaterThan(0);
    session.reachBy({ find: (known) => known, address: `sips:bob.example:${bob.tls}` });
    expect(await session.bye()).toMatchObject({ ok: true, status: 200 });
    expect(remote.state).toBe('ended');
    expect(header(bob.request('BYE'), 'Via')).toMatch(/^SIP\/2\.0\/TLS /);
  });

  it('is not made where only UDP leads there, by a flow or by a proxy', async () => {
    const [bob, alice] = [await open('bob.example'), await open('alice.example')];
    // It is there, and says so.
    const plain = await calling(bob, { target: `sip:alice@${HOST}:${alice.udp}` });
    expect(plain.failure).toMatchObject({ cause: 'response' });
    const flow = bob.agent.flow(`udp:${HOST}:${bob.udp}-${HOST}:${alice.udp}`);
    const target = `sips:alice@${HOST}:${alice.udp}`;
    const byFlow = await calling(bob, { target, flow });
    expect(byFlow.failure).toMatchObject({ cause: 'transport' });
    const byRoute = await calling(bob, { target, route: [`sip:${HOST}:${alice.udp};lr;transport=udp`] });
    expect(byRoute.failure).toMatchObject({ cause: 'transport' });
    expect(alice.heard.filter((text) => text.startsWith('INVITE '))).toHaveLength(1);
  });
});

describe('a call that shall be secure by the word of who makes it', () => {
  it.each([';transport=tcp', ';transport=tls', '?X=y', ';'])('goes over TLS to a plain URI with %s', async (rest) => {
    const [bob, alice] = [await open('bob.example'), await open('alice.example')];
    const theirs = answering(bob);
    const target = `sip:bob@bob.example:${bob.tls}${rest}`;
    const { session } = await calling(alice, { target, secure: true });
    expect(header(bob.request('INVITE'), 'Via')).toMatch(/^SIP\/2\.0\/TLS /);
    expect(header(bob.request('INVITE'), 'Contact')).toMatch(/^<sip:/);
    await theirs;
    await session?.bye();
  });

  it('stays on TLS in its dialog, wherever the Contact leads', async () => {
    const [other, alice] = [await open('other.example'), await open('alice.example')];
    // It takes calls over TLS, and names a place without it.
    const contact = `sip:bob@${HOST}:${other.udp}`;
    const { port, hangUp, close } = await answeringOverTls('bob.example', contact);
    const { session } = await calling(alice, { target: `sip:bob@bob.example:${port}`, secure: true });
    expect(session?.remoteTarget).toBe(contact);
    hangUp();
    await expect.poll(() => alice.agent.stats().connections).toBe(0);
    expect(await session?.bye()).toMatchObject({ ok: false, cause: 'transport' });
    expect(other.heard).toEqual([]);
    close();
  });

  it('goes by a flow that looks plain where it is trusted, in its dialog as well', async () => {
    const [bob, alice] = [await open('bob.example'), await open('alice.example')];
    await calling(alice, { target: `sip:bob@${HOST}:${bob.udp}` });
    const flow = alice.agent.flow(`udp:${HOST}:${alice.udp}-${HOST}:${bob.udp}`);
    const theirs = answering(bob);
    const target = 'sips:bob@phone.invalid';
    expect((await calling(alice, { target, flow })).failure).toMatchObject({ cause: 'transport' });
    const { session } = await calling(alice, { target, flow, trustsFlow: true });
    await theirs;
    expect(await session?.bye()).toMatchObject({ ok: true });
    expect(header(bob.request('BYE'), 'Via')).toMatch(/^SIP\/2\.0\/UDP /);
  });
});

describe('a proxy', () => {
  async function three(plan: (bob: Peer) => ProxyPlan) {
    const [bob, proxy, alice] = [await open('bob.example'), await open('proxy.example'), await open('alice.example')];
    proxy.agent.on('route', (routed) => routed.proxy(plan(bob)));
    const call = (scheme: 'sip' | 'sips') =>
      calling(alice, {
        target: `${scheme}:bob@b.example`,
        route: [`sips:proxy.example:${proxy.tls};lr`],
      });
    return { bob, proxy, alice, call };
  }

  it('never sends a request for a sips URI to a contact that is none (RFC 5630 §5.3)', async () => {
    const { bob, call } = await three(({ udp, tls }) => ({
      targets: [{ uri: `sip:bob@${HOST}:${udp}` }, { uri: `sip:bob@bob.example:${tls};transport=tls` }],
    }));
    const { failure } = await call('sips');
    expect(failure).toMatchObject({ status: 480 });
    expect(failure?.response?.header('Warning')).toMatch(/^380 \S+ "SIPS Not Allowed"$/);
    expect(bob.heard).toEqual([]);
  });

  it('passes it on to one that is, and stays in its way by a sips Record-Route', async () => {
    const { bob, call } = await three(({ tls }) => ({ targets: [{ uri: `sips:bob@bob.example:${tls}` }] }));
    const theirs = answering(bob);
    const { session } = await call('sips');
    const invite = bob.request('INVITE');
    expect(firstLine(invite)).toMatch(/^INVITE sips:bob@bob\.example/);
    expect(header(invite, 'Via')).toMatch(/^SIP\/2\.0\/TLS /);
    for (const value of invite.match(/^Record-Route: .*$/gm) ?? []) expect(value).toMatch(/<sips:/);
    expect(header(invite, 'Record-Route')).toMatch(/<sips:[^>]*;lr/);
    await theirs;
    expect(await session?.bye()).toMatchObject({ ok: true });
  });

  it('asks a contact that is sips by its plain form where the request is plain, and over TLS', async () => {
    const { bob, call } = await three(({ tls }) => ({ targets: [{ uri: `sips:bob@bob.example:${tls}` }] }));
    const theirs = answering(bob);
    const { session } = await call('sip');
    const invite = bob.request('INVITE');
    expect(firstLine(invite)).toBe(`INVITE sip:bob@bob.example:${bob.tls} SIP/2.0`);
    expect(header(invite, 'Via')).toMatch(/^SIP\/2\.0\/TLS /);
    await theirs;
    expect(await session?.bye()).toMatchObject({ ok: true });
  });

  it('does not go from one scheme to the other where a phone redirects it', async () => {
    const { bob, call } = await three(({ tls, udp }) => ({
      targets: [{ uri: `sips:bob@bob.example:${tls}` }],
      recurse: () => [{ uri: `sip:bob@${HOST}:${udp}` }],
    }));
    let rang = 0;
    bob.agent.on('invite', (invite) => {
      rang += 1;
      invite.reject(302, { headers: { Contact: `<sip:bob@${HOST}:${bob.udp}>` } });
    });
    expect((await call('sips')).failure).toMatchObject({ status: 302 });
    expect(rang).toBe(1);
  });
});
