import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Flow } from '../api/flow.js';
import type { UserAgent } from '../api/user-agent.js';
import { options, rawClient } from '../testing/raw-clients.js';
import type { RawClient } from '../testing/raw-clients.js';
import { createUserAgent } from '../user-agent/create-user-agent.js';
import { answerBinding, buildBindingRequest, parseStun } from './stun-message.js';

const HOST = '127.0.0.1';
let agent: UserAgent;
let flows: Flow[];
const clients: RawClient[] = [];

beforeEach(async () => {
  flows = [];
  agent = await createUserAgent({
    listen: (['udp', 'tcp', 'ws'] as const).map((protocol) => ({ protocol, host: HOST, port: 0 })),
  });
  agent.on('options', (request) => {
    flows.push(request.source.flow);
    request.reply(204);
  });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await agent.close();
});

function portOf(protocol: string): number {
  return agent.addresses.find((address) => address.protocol === protocol)?.port ?? 0;
}

/** A peer that has sent one request, and the flow to it. */
async function peer(protocol: 'udp' | 'tcp' | 'ws'): Promise<{ client: RawClient; flow: Flow }> {
  const client = await rawClient({ protocol, host: HOST, port: portOf(protocol) });
  clients.push(client);
  client.send(options(protocol, `k${Math.random()}`, { via: 'client.example;rport' }));
  await client.hears(/^SIP\/2\.0 204/);
  const flow = flows.at(-1);
  if (flow === undefined) throw new Error('No flow');
  return { client, flow };
}

describe('who asks', () => {
  it('pings a stream, and goes on while pongs come', async () => {
    const { client, flow } = await peer('tcp');
    const deaths: string[] = [];
    const stop = flow.keepAlive({ role: 'ask', intervalSeconds: 0.1, onDead: (reason) => deaths.push(reason) });
    for (let turn = 1; turn <= 3; turn++) {
      await expect.poll(() => client.heard.filter((text) => text === '\r\n\r\n').length).toBe(turn);
      client.send('\r\n');
    }
    stop();
    expect(deaths).toEqual([]);
    expect(flow.open).toBe(true);
  });

  it('finds a stream dead that does not answer for ten seconds, and closes it', { timeout: 20_000 }, async () => {
    const { client, flow } = await peer('tcp');
    const begun = Date.now();
    const reason = await new Promise<string>((resolve) => {
      flow.keepAlive({ role: 'ask', intervalSeconds: 0.1, onDead: resolve });
    });
    expect(reason).toBe('no answer to ping');
    expect(Date.now() - begun).toBeGreaterThan(9900);
    expect(flow.open).toBe(false);
    await client.closed;
  });

  it('hears at once of a connection that closes', async () => {
    const { client, flow } = await peer('ws');
    const dead = new Promise<string>((resolve) => {
      flow.keepAlive({ role: 'ask', intervalSeconds: 100, onDead: resolve });
    });
    client.close();
    expect(await dead).toBe('connection closed');
  });

  it('asks over UDP by STUN, and notices that a NAT changed our address', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => {
      socket.bind(0, HOST, resolve);
    });
    let port = 4000;
    socket.on('message', (bytes, from) => {
      const request = parseStun(bytes);
      if (request?.kind === 'request')
        socket.send(answerBinding(request, { address: '192.0.2.1', port }), from.port, from.address);
    });
    const flow = agent.flow(`udp:${HOST}:${portOf('udp')}-${HOST}:${socket.address().port}`);
    const dead = new Promise<string>((resolve) => {
      flow?.keepAlive({ role: 'ask', intervalSeconds: 0.05, onDead: resolve });
    });
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
    port = 4001;
    expect(await dead).toBe('our address changed');
    socket.close();
  });
});

describe('who expects', () => {
  it.each(['udp', 'tcp'] as const)(
    'finds a silent %s peer dead after the interval and its grace',
    { timeout: 20_000 },
    async (protocol) => {
      const { client, flow } = await peer(protocol);
      const begun = Date.now();
      const dead = new Promise<string>((resolve) => {
        flow.keepAlive({ role: 'expect', intervalSeconds: 0.5, onDead: resolve });
      });
      setTimeout(() => client.send('\r\n\r\n'), 1000);
      expect(await dead).toBe('no keep-alive came');
      expect(Date.now() - begun).toBeGreaterThan(11_000);
    },
  );
});

describe('the SIP port over UDP', () => {
  it('answers Binding requests with where they came from, also IPv6 (RFC 5626 §3.5.2)', async () => {
    const six = await createUserAgent({ listen: [{ protocol: 'udp', host: '::1', port: 0 }] });
    for (const [host, port] of [
      [HOST, portOf('udp')],
      ['::1', six.addresses[0]?.port ?? 0],
    ] as const) {
      const socket = createSocket(host === '::1' ? 'udp6' : 'udp4');
      await new Promise<void>((resolve) => {
        socket.bind(0, host, resolve);
      });
      const answered = new Promise<Buffer>((resolve) => {
        socket.once('message', resolve);
      });
      socket.send(buildBindingRequest(Buffer.alloc(12, 7)), port, host);
      const answer = parseStun(await answered);
      expect(answer).toMatchObject({ kind: 'success', transactionId: '07'.repeat(12), fingerprint: true });
      expect(answer?.mapped?.port).toBe(socket.address().port);
      expect(answer?.mapped?.address).toBe(host === '::1' ? '0:0:0:0:0:0:0:1' : host);
      socket.close();
    }
    await six.close();
  });
});

describe('a client that offers keep-alives (RFC 6223)', () => {
  it.each([
    ['udp', 29],
    ['tcp', 120],
  ] as const)('over %s is told how often they are welcome', async (protocol, seconds) => {
    const client = await rawClient({ protocol, host: HOST, port: portOf(protocol) });
    clients.push(client);
    client.send(options(protocol, `keep${protocol}`, { via: 'client.example;rport;keep' }));
    expect(await client.hears(/^SIP\/2\.0 204/)).toContain(`;keep=${seconds}`);
  });
});

describe('a peer that vanished', () => {
  it('with much unsent is shed, and who waits is told', async () => {
    const stuck: Socket[] = [];
    const server = createServer((socket) => {
      stuck.push(socket.pause());
    });
    await new Promise<void>((resolve) => {
      server.listen(0, HOST, resolve);
    });
    const { port } = server.address() as AddressInfo;
    const body = 'x'.repeat(60_000);
    const target = `sip:${HOST}:${port};transport=tcp`;
    const causes: string[] = [];
    const sent = Array.from({ length: 30 }, async () => {
      const wishes = { method: 'MESSAGE', target, from: 'sip:a@a.example', body, contentType: 'text/plain' };
      const outcome = await agent.request(wishes);
      causes.push(outcome.ok ? 'answered' : outcome.cause);
    });
    // A megabyte is what one connection may keep waiting.
    await expect.poll(() => causes.length).toBeGreaterThan(15);
    for (const socket of stuck) socket.destroy();
    await Promise.all(sent);
    expect(new Set(causes)).toEqual(new Set(['transport']));
    server.close();
  });
});
