import { afterEach, expect, it } from 'vitest';
import type { UserAgent } from '../api/user-agent.js';
import { createUserAgent } from '../user-agent/create-user-agent.js';
import type { Dns } from './dns.js';

const HOST = '127.0.0.1';
const agents: UserAgent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.close({ graceMilliseconds: 10 });
});

async function open(dns?: Dns, ...protocols: ('udp' | 'tcp')[]): Promise<UserAgent> {
  const listen = protocols.map((protocol) => ({ protocol, host: HOST, port: 0 }));
  const agent = await createUserAgent({ listen, ...(dns === undefined ? {} : { dns }) });
  agents.push(agent);
  agent.on('options', (request) => request.reply(204));
  return agent;
}

/** A port of loopback where nobody listens. */
async function deadPort(): Promise<number> {
  const gone = await createUserAgent({ listen: [{ protocol: 'udp', host: HOST, port: 0 }] });
  const port = gone.addresses[0]?.port ?? 0;
  await gone.close();
  return port;
}

it('a server whose port is unreachable is left for the next one at once (ICMP)', async () => {
  const good = await open(undefined, 'udp');
  const ports = [await deadPort(), good.addresses[0]?.port ?? 0];
  const dns: Dns = {
    naptr: () => Promise.resolve({ kind: 'none' }),
    srv: (name) =>
      Promise.resolve(
        name.startsWith('_sip._udp')
          ? {
              kind: 'records',
              ttlSeconds: 9,
              records: ports.map((port, priority) => ({ name: HOST, port, priority, weight: 0 })),
            }
          : { kind: 'none' },
      ),
    addresses: () => Promise.resolve({ kind: 'none' }),
  };
  const client = await open(dns, 'udp');
  const begun = Date.now();
  const outcome = await client.request({ method: 'OPTIONS', target: 'sip:trunk.example', from: 'sip:a@a.example' });
  expect(outcome).toMatchObject({ ok: true, status: 204 });
  expect(Date.now() - begun).toBeLessThan(4000);
});

/** A request of about so many octets. */
function long(port: number, length: number): Parameters<UserAgent['request']>[0] {
  const headers = { 'X-Long': 'x'.repeat(length) };
  return { method: 'OPTIONS', target: `sip:${HOST}:${port}`, from: 'sip:a@a.example', headers };
}

it('a large request goes over TCP, and over UDP where TCP is refused (RFC 3261 §18.1.1)', async () => {
  const server = await open(undefined, 'udp');
  const port = server.addresses[0]?.port ?? 0;
  const seen: string[] = [];
  const note = (agent: UserAgent): void => {
    agent.on('options', (request) => {
      seen.push(request.source.protocol);
      request.reply(204);
    });
  };
  note(server);
  expect(await (await open(undefined, 'udp', 'tcp')).request(long(port, 2000))).toMatchObject({ status: 204 });
  const tcp = await createUserAgent({ listen: [{ protocol: 'tcp', host: HOST, port }] });
  agents.push(tcp);
  note(tcp);
  const client = await open(undefined, 'udp', 'tcp');
  expect(await client.request(long(port, 2000))).toMatchObject({ status: 204 });
  expect(await client.request(long(port, 10))).toMatchObject({ status: 204 });
  expect(seen).toEqual(['udp', 'tcp', 'udp']);
});

it('a datagram in fragments arrives whole', async () => {
  const server = await open(undefined, 'udp');
  let length = 0;
  server.on('options', (request) => {
    length = request.request.header('X-Long')?.length ?? 0;
    request.reply(204);
  });
  const client = await open(undefined, 'udp');
  expect(await client.request(long(server.addresses[0]?.port ?? 0, 60_000))).toMatchObject({ status: 204 });
  expect(length).toBe(60_000);
});
