import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TransportProtocol } from '../api/flow.js';
import type { ListenAddress, UserAgent } from '../api/user-agent.js';
import { options, rawClient } from '../testing/raw-clients.js';
import type { RawClient, RawTarget } from '../testing/raw-clients.js';
import { TestAuthority } from '../testing/test-certificates.js';
import { createUserAgent } from '../user-agent/create-user-agent.js';

const PROTOCOLS = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const;
const STREAMS = ['tcp', 'tls'] as const;
const LIMITS = {
  slowMessageMilliseconds: 400,
  silentConnectionMilliseconds: 600,
  handshakeMilliseconds: 500,
  maxConnectionsPerAddress: 40,
};

let authority: TestAuthority;
let agent: UserAgent;
const clients: RawClient[] = [];

beforeAll(async () => {
  authority = await TestAuthority.make('Root');
  const listen: ListenAddress[] = ['127.0.0.1', '::1'].flatMap((host) =>
    PROTOCOLS.map((protocol) => ({ protocol, host, port: 0 })),
  );
  const certificate = await authority.issue({ dns: ['carillon.example'], addresses: ['127.0.0.1', '::1'] });
  const tls = { certificates: [certificate], verification: () => ({ authorities: authority.certificate }) };
  agent = await createUserAgent({
    listen,
    limits: LIMITS,
    tls,
    allowOrigin: (origin) => origin === 'https://good.example',
  });
});
afterAll(async () => {
  for (const client of clients) client.close();
  await agent.close();
});

function target(protocol: TransportProtocol, host: string): RawTarget {
  const found = agent.addresses.find((address) => address.protocol === protocol && address.host === host);
  if (found === undefined) throw new Error('Not listening');
  return found;
}

async function client(...wishes: Parameters<typeof rawClient>): Promise<RawClient> {
  const opened = await rawClient(...wishes);
  clients.push(opened);
  return opened;
}

describe.each(['127.0.0.1', '::1'])('on %s', (host) => {
  it.each(PROTOCOLS)('answers over %s on the way that the request came, with where it came from', async (protocol) => {
    const peer = await client(target(protocol, host));
    peer.send(options(protocol, `a${protocol}${host.length}`, { via: 'client.example;rport' }));
    const answer = await peer.hears(/SIP\/2\.0 200 OK[^]*\r\n\r\n/);
    expect(answer).toContain(`;received=${host}`);
    if (peer.localPort !== 0) expect(answer).toContain(`;rport=${peer.localPort}`);
  });

  it.each(PROTOCOLS)('reads a head over %s whose lines end in LF alone', async (protocol) => {
    const peer = await client(target(protocol, host));
    const request = options(protocol, `f${protocol}${host.length}`, { via: 'client.example;rport' });
    peer.send(request.replaceAll('\r\n', '\n'));
    await peer.hears(/^SIP\/2\.0 200/);
  });

  it.each(PROTOCOLS)('lives on after garbage over %s', async (protocol) => {
    const bad = await client(target(protocol, host));
    bad.send(Buffer.from(Array.from({ length: 900 }, (_unused, index) => (index * 7919) % 256)));
    bad.send('INVITE sip:x SIP/2.0\r\nVia: \0\r\n\r\n');
    const good = await client(target(protocol, host));
    good.send(options(protocol, `g${protocol}${host.length}`, { via: 'client.example;rport' }));
    await good.hears(/^SIP\/2\.0 200/);
  });

  it.each(['udp', 'tcp', 'tls'] as const)(
    'sends a request over %s with its own address in brackets',
    async (protocol) => {
      const other = await createUserAgent({
        listen: [{ protocol, host, port: 0 }],
        tls: { certificates: [await authority.issue({ dns: ['x.example'], addresses: [host] })] },
      });
      const port = other.addresses[0]?.port ?? 0;
      let via = '';
      other.on('options', (request) => {
        via = request.request.header('Via') ?? '';
        request.reply(204);
      });
      const uriHost = host.includes(':') ? `[${host}]` : host;
      const outcome = await agent.request({
        method: 'OPTIONS',
        target: `sip:x@${uriHost}:${port};transport=${protocol}`,
        from: 'sip:me@carillon.example',
      });
      expect(outcome).toMatchObject({ ok: true, status: 204 });
      expect(via).toMatch(
        new RegExp(`^SIP/2\\.0/${protocol.toUpperCase()} ${uriHost.replaceAll(/[[\]]/g, '\\$&')}:\\d+;`),
      );
      await other.close();
    },
  );
});

describe('a stream', () => {
  it.each(STREAMS)('over %s answers a ping with a pong, also between and before messages', async (protocol) => {
    const peer = await client(target(protocol, '127.0.0.1'));
    peer.send('\r\n\r\n');
    await peer.hears(/^\r\n$/);
    peer.send(`\r\n\r\n${options(protocol, `p${protocol}`)}\r\n\r\n`);
    await peer.hears(/^\r\n\r\nSIP\/2\.0 200[^]*\r\n\r\n\r\n$/);
  });

  it.each(STREAMS)('over %s that drips is shed', async (protocol) => {
    const peer = await client(target(protocol, '127.0.0.1'));
    peer.send('OPTIONS sip:x SIP/2.0\r\nVia: ');
    const drip = setInterval(() => peer.send('a'), 50);
    await peer.closed;
    clearInterval(drip);
  });

  it.each(PROTOCOLS.filter((protocol) => protocol === 'tcp' || protocol === 'tls'))(
    'over %s that says nothing is shed',
    async (protocol) => {
      const peer = await client(target(protocol, '127.0.0.1'));
      await peer.closed;
    },
  );

  it.each(['tcp', 'tls', 'ws', 'wss'] as const)('over %s with an oversized message is closed', async (protocol) => {
    const peer = await client(target(protocol, '127.0.0.1'));
    peer.send(options(protocol, `o${protocol}`, { headers: `X: ${'x'.repeat(70_000)}` }));
    await peer.closed;
  });

  it('fails a request at once when its connection is refused or breaks', async () => {
    const before = Date.now();
    const to = (port: number) =>
      agent.request({
        method: 'OPTIONS',
        target: `sip:127.0.0.1:${port};transport=tcp`,
        from: 'sip:me@carillon.example',
      });
    expect(await to(9)).toMatchObject({ ok: false, cause: 'transport' });
    const listener = await import('node:net').then(({ createServer }) => {
      const server = createServer((socket) => setTimeout(() => socket.destroy(), 50));
      return new Promise<typeof server>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
    });
    const address = listener.address();
    expect(await to(typeof address === 'object' && address !== null ? address.port : 0)).toMatchObject({
      ok: false,
      cause: 'transport',
    });
    expect(Date.now() - before).toBeLessThan(3000);
    listener.close();
  });
});

describe('a peer that only keeps alive', () => {
  it.each(['tcp', 'tls', 'ws', 'wss'] as const)('over %s and never brings a message is shed', async (protocol) => {
    const peer = await client(target(protocol, '127.0.0.1'));
    const pings = setInterval(() => peer.send('\r\n\r\n'), 100);
    await peer.closed;
    clearInterval(pings);
    expect(peer.heard).not.toEqual([]);
  });

  it.each(['tcp', 'tls', 'ws', 'wss'] as const)('over %s stays once it has brought one', async (protocol) => {
    const peer = await client(target(protocol, '127.0.0.1'));
    peer.send(options(protocol, `k${protocol}`));
    await peer.hears(/^SIP\/2\.0 200/);
    await new Promise((settle) => setTimeout(settle, LIMITS.silentConnectionMilliseconds * 1.5));
    peer.send(options(protocol, `l${protocol}`));
    await peer.hears(new RegExp(`z9hG4bKl${protocol}`));
  });
});

describe('a half-open peer', () => {
  it.each(['tls', 'ws', 'wss'] as const)('that never finishes its %s handshake is dropped', async (protocol) => {
    const peer = await client({ ...target(protocol, '127.0.0.1'), protocol: 'tcp' });
    peer.send(protocol === 'ws' ? 'GET / HTTP/1.1\r\nHost: ' : Buffer.from([22, 3, 1]));
    await peer.closed;
  });

  it.each(['tls', 'wss'] as const)('that sends garbage as %s handshake is dropped', async (protocol) => {
    const peer = await client({ ...target(protocol, '127.0.0.1'), protocol: 'tcp' });
    peer.send('OPTIONS sip:plain SIP/2.0\r\n\r\n');
    await peer.closed;
  });

  it('is one of a bounded number per address', async () => {
    const peers = await Promise.all(
      Array.from({ length: 60 }, () => client({ ...target('tls', '::1'), protocol: 'tcp' })),
    );
    await Promise.all(peers.map((peer) => peer.closed));
    const good = await client(target('tls', '::1'));
    good.send(options('tls', 'after-flood'));
    await good.hears(/^SIP\/2\.0 200/);
  });
});

describe('a WebSocket', () => {
  it.each(['ws', 'wss'] as const)('over %s needs the subprotocol and an origin that is allowed', async (protocol) => {
    const to = target(protocol, '127.0.0.1');
    await expect(rawClient(to, {}, { protocols: ['chat'] })).rejects.toThrow('HTTP 400');
    await expect(rawClient(to, {}, { origin: 'https://bad.example' })).rejects.toThrow('HTTP 403');
    const peer = await client(to, {}, { origin: 'https://good.example' });
    peer.send('\r\n\r\n');
    await peer.hears(/^\r\n$/);
  });
});
