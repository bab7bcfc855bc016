import { afterEach, expect, it } from 'vitest';
import type { UserAgent } from '../api/user-agent.js';
import { createUserAgent } from '../user-agent/create-user-agent.js';

const agents: UserAgent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.close({ graceMilliseconds: 10 });
});

async function open(hosts: readonly string[], port = 0): Promise<UserAgent> {
  const agent = await createUserAgent({ listen: hosts.map((host) => ({ protocol: 'udp' as const, host, port })) });
  agents.push(agent);
  return agent;
}

/** A server at some of the addresses that `localhost` leads to (RFC 6761 §6.3). @returns its port, and where it was asked */
async function server(...hosts: string[]): Promise<{ port: number; asked: string[] }> {
  const [first = '::1', ...others] = hosts;
  const asked: string[] = [];
  const listen = (agent: UserAgent, host: string): void => {
    agent.on('invite', (invite) => {
      asked.push(host);
      invite.reject(486);
    });
  };
  const one = await open([first]);
  listen(one, first);
  const port = one.addresses[0]?.port ?? 0;
  for (const host of others) listen(await open([host], port), host);
  return { port, asked };
}

function invite(agent: UserAgent, port: number, family?: 4 | 6): Promise<{ status: number; cause: string }> {
  return new Promise((settle) => {
    agent
      .invite({ target: `sip:bob@localhost:${port}`, from: 'sip:a@a.example', sdp: 'v=0\r\n', family })
      .on('rejected', ({ status, cause }) => settle({ status, cause }));
  });
}

it.each([
  [4, ['127.0.0.1']],
  [6, ['::1']],
  [undefined, ['::1']],
] as const)('of both families of a name, %s is asked alone', async (family, expected) => {
  const { port, asked } = await server('127.0.0.1', '::1');
  const client = await open(['127.0.0.1', '::1']);
  expect(await client.addressesOf(`sip:localhost:${port}`)).toEqual(['::1', '127.0.0.1']);
  expect(await invite(client, port, family)).toEqual({ status: 486, cause: 'response' });
  expect(asked).toEqual(expected);
});

it('where nobody of that family listens, whoever asks knows at once, and the other one is first from then on', async () => {
  const { port, asked } = await server('127.0.0.1');
  const client = await open(['127.0.0.1', '::1']);
  const began = Date.now();
  expect(await invite(client, port, 6)).toMatchObject({ cause: 'transport' });
  expect(Date.now() - began).toBeLessThan(4000);
  expect(asked).toEqual([]);
  expect(await client.addressesOf(`sip:localhost:${port}`)).toEqual(['127.0.0.1', '::1']);
  expect(await invite(client, port, 4)).toEqual({ status: 486, cause: 'response' });
});
