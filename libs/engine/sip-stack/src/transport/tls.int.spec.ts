import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { connect } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TlsCertificate, TlsOptions } from '../api/tls.js';
import type { UserAgent, UserAgentOptions } from '../api/user-agent.js';
import { options, rawClient } from '../testing/raw-clients.js';
import { TestAuthority } from '../testing/test-certificates.js';
import { createUserAgent } from '../user-agent/create-user-agent.js';

const HOST = '127.0.0.1';
let authority: TestAuthority;
let stranger: TestAuthority;
let certificate: TlsCertificate;
const agents: UserAgent[] = [];

beforeAll(async () => {
  authority = await TestAuthority.make('Root');
  stranger = await TestAuthority.make('Stranger');
  certificate = await authority.issue({ dns: ['a.example'], addresses: [HOST] });
});
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.close({ graceMilliseconds: 10 });
});

async function open(tls: Partial<TlsOptions> = {}, more: Partial<UserAgentOptions> = {}): Promise<UserAgent> {
  const verification = () => ({ authorities: authority.certificate });
  const agent = await createUserAgent({
    listen: [{ protocol: 'tls', host: HOST, port: 0 }],
    tls: { certificates: [certificate], verification, ...tls },
    ...more,
  });
  agents.push(agent);
  agent.on('options', (request) => request.reply(204));
  return agent;
}

function portOf(agent: UserAgent): number {
  return agent.addresses[0]?.port ?? 0;
}

/** Status of an OPTIONS to a host, which the name service puts on loopback. */
async function ask(from: UserAgent, to: UserAgent, host: string): Promise<number> {
  const outcome = await from.request({
    method: 'OPTIONS',
    target: `sip:${host}:${portOf(to)};transport=tls`,
    from: 'sip:me@a.example',
  });
  return outcome.status;
}

const loopback: UserAgentOptions['dns'] = {
  naptr: () => Promise.resolve({ kind: 'none' }),
  srv: () => Promise.resolve({ kind: 'none' }),
  addresses: (_name, family) =>
    Promise.resolve(family === 4 ? { kind: 'records', records: [HOST], ttlSeconds: 60 } : { kind: 'none' }),
};

/** A handshake by hand; the subject that the server showed, or why it failed. */
function handshake(
  port: number,
  wishes: ConnectionOptions = {},
): Promise<{ shown: string; socket: TLSSocket | undefined }> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port, rejectUnauthorized: false, ...wishes });
    socket.on('secureConnect', () => {
      resolve({ shown: socket.getPeerX509Certificate()?.subjectAltName ?? '', socket });
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ shown: error.code ?? error.message, socket: undefined }),
    );
  });
}

describe('a server that we dial (RFC 5922 §7.3)', () => {
  it('is reached when its certificate names the host of the URI', async () => {
    const server = await open({ certificates: [await authority.issue({ uris: ['sip:b.example'] })] });
    const client = await open({}, { dns: loopback });
    expect(await ask(client, server, 'B.example')).toBe(204);
  });

  it.each([
    ['that names another host', async () => authority.issue({ dns: ['other.example'] })],
    ['with a wildcard', async () => authority.issue({ dns: ['*.example'] })],
    ['whose sip URI beats its DNS name', async () => authority.issue({ uris: ['sip:x.example'], dns: ['b.example'] })],
    ['that has ended', async () => authority.issue({ dns: ['b.example'], days: -1 })],
    ['of an unknown authority', async () => stranger.issue({ dns: ['b.example'] })],
  ])('is refused with a certificate %s, and nothing was sent', async (_, issue) => {
    const server = await open({ certificates: [await issue()] });
    let heard = 0;
    server.on('options', () => {
      heard += 1;
    });
    const client = await open({}, { dns: loopback });
    expect(await ask(client, server, 'b.example')).toBe(503);
    expect(heard).toBe(0);
  });

  it('is not checked where the policy says so, and only there', async () => {
    const server = await open({ certificates: [await stranger.issue({ dns: ['self.example'], days: -1 })] });
    const verification = (host: string) => (host === 'old.example' ? 'insecure' : 'verify');
    const client = await open({ verification }, { dns: loopback });
    expect(await ask(client, server, 'old.example')).toBe(204);
    expect(await ask(client, server, 'self.example')).toBe(503);
  });

  it('is checked again for another name at the same address', async () => {
    const server = await open({ certificates: [await authority.issue({ dns: ['b.example'] })] });
    const client = await open({}, { dns: loopback });
    expect(await ask(client, server, 'b.example')).toBe(204);
    expect(await ask(client, server, 'c.example')).toBe(503);
    expect(await ask(client, server, 'b.example')).toBe(204);
    expect(client.stats().connections).toBe(1);
  });
});

describe('clients', () => {
  it('see the certificate of the name they ask for (SNI), the first otherwise', async () => {
    const other = await authority.issue({ dns: ['other.example', '*.wild.example'] });
    const port = portOf(await open({ certificates: [certificate, other] }));
    expect((await handshake(port, { servername: 'other.example' })).shown).toContain('other.example');
    expect((await handshake(port, { servername: 'x.wild.example' })).shown).toContain('other.example');
    expect((await handshake(port, { servername: 'a.example' })).shown).toContain('a.example');
    expect((await handshake(port, { servername: 'unknown.example' })).shown).toContain('a.example');
    expect((await handshake(port)).shown).toContain('a.example');
  });

  it('with TLS 1.1 are refused', async () => {
    const port = portOf(await open());
    const wishes = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect((await handshake(port, wishes)).socket).toBeUndefined();
  });

  it('are known by their certificate where one is asked for', async () => {
    const clients = { authorities: authority.certificate, certificate: 'requested' } as const;
    const server = await open({ clients });
    const seen: (readonly string[])[] = [];
    server.on('options', (request) => {
      seen.push(server.flow(request.source.flow.id)?.peerIdentities ?? []);
      request.reply(204);
    });
    const known = await open({ certificates: [await authority.issue({ dns: ['peer.example'] })] });
    const unknown = await open({ certificates: [await stranger.issue({ dns: ['peer.example'] })] });
    expect(await ask(known, server, HOST)).toBe(204);
    expect(await ask(unknown, server, HOST)).toBe(204);
    expect(seen).toEqual([['peer.example'], []]);
  });

  it('without a certificate, or with a wrong or ended one, are refused where one is required', async () => {
    const server = await open({ clients: { authorities: authority.certificate, certificate: 'required' } });
    const good = await open();
    expect(await ask(good, server, HOST)).toBe(204);
    const wrong = await open({ certificates: [await stranger.issue({ dns: ['peer.example'] })] });
    expect(await ask(wrong, server, HOST)).toBe(503);
    const ended = await open({ certificates: [await authority.issue({ dns: ['peer.example'], days: -2 })] });
    expect(await ask(ended, server, HOST)).toBe(503);
    const { socket } = await handshake(portOf(server));
    // TLS 1.3 tells the client after its own half of the handshake.
    await new Promise<void>((resolve) => {
      if (socket === undefined) resolve();
      else socket.on('close', () => resolve()).resume();
    });
  });
});

describe('new certificates', () => {
  it('are shown to new connections; open ones go on; broken ones change nothing', async () => {
    const server = await open();
    const port = portOf(server);
    const before = await rawClient({ protocol: 'tls', host: HOST, port });
    server.useTls({ certificates: [await authority.issue({ dns: ['renewed.example'] })] });
    expect((await handshake(port)).shown).toContain('renewed.example');
    expect(() => server.useTls({ certificates: [{ chain: 'no', key: 'no' }] })).toThrow(/PEM/);
    expect((await handshake(port)).shown).toContain('renewed.example');
    before.send(options('tls', 'before'));
    await before.hears(/^SIP\/2\.0 204/);
    before.close();
  });
});

describe('connection reuse (RFC 5923)', () => {
  it('brings requests to a client that proved its name and asked for it, and to no other', async () => {
    const server = await open(
      { clients: { authorities: authority.certificate, certificate: 'requested' } },
      { dns: loopback },
    );
    const own = await authority.issue({ dns: ['edge.example'] });
    const client = await rawClient(
      { protocol: 'tls', host: HOST, port: portOf(server) },
      { cert: own.chain, key: own.key },
    );
    client.send(options('tls', 'alias', { via: 'edge.example:5555;alias' }));
    await client.hears(/^SIP\/2\.0 204/);
    void server.request({ method: 'OPTIONS', target: 'sip:edge.example:5555;transport=tls', from: 'sip:a@a.example' });
    await client.hears(/^OPTIONS sip:edge\.example:5555/m);
    client.close();

    const thief = await rawClient(
      { protocol: 'tls', host: HOST, port: portOf(server) },
      { cert: own.chain, key: own.key },
    );
    thief.send(options('tls', 'thief', { via: 'bank.example:5556;alias' }));
    await thief.hears(/^SIP\/2\.0 204/);
    const stolen = { method: 'OPTIONS', target: 'sip:bank.example:5556;transport=tls', from: 'sip:a@a.example' };
    expect(await server.request(stolen)).toMatchObject({ ok: false, cause: 'transport' });
    expect(thief.heard.join('')).not.toContain('OPTIONS sip:');
    thief.close();
  });

  it('asks for it when we dial', async () => {
    const server = await open();
    let via = '';
    server.on('options', (request) => {
      via = request.request.header('Via') ?? '';
      request.reply(204);
    });
    await ask(await open(), server, HOST);
    expect(via).toContain(';alias;');
  });
});

describe('a response whose connection is gone', () => {
  it('goes to the port of its Via over a new connection (RFC 3261 §18.2.2)', async () => {
    const server = await open({}, { dns: loopback });
    const client = await open({ certificates: [certificate] });
    let answer: (() => void) | undefined;
    server.on('options', (request) => {
      answer = () => request.reply(204);
    });
    const raw = await rawClient({ protocol: 'tls', host: HOST, port: portOf(server) });
    const heard: string[] = [];
    const listening = await createUserAgent({
      listen: [{ protocol: 'tls', host: HOST, port: 0 }],
      tls: { certificates: [certificate] },
      tap: ({ direction, bytes }) => {
        if (direction === 'in') heard.push(Buffer.from(bytes).toString());
      },
    });
    agents.push(listening);
    raw.send(options('tls', 'lost', { via: `${HOST}:${portOf(listening)}` }));
    await expect.poll(() => answer !== undefined).toBe(true);
    raw.close();
    await expect.poll(() => server.stats().connections).toBe(0);
    answer?.();
    await expect.poll(() => heard.join('')).toContain('SIP/2.0 204');
    await client.close();
  });
});
