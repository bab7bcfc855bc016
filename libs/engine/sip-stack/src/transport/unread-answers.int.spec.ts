import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { UserAgent } from '../api/user-agent.js';
import { createUserAgent } from '../user-agent/create-user-agent.js';

const HOST = '127.0.0.1';
let agent: UserAgent;

beforeEach(async () => {
  agent = await createUserAgent({
    listen: (['tcp', 'ws'] as const).map((protocol) => ({ protocol, host: HOST, port: 0 })),
  });
});
afterEach(async () => {
  await agent.close();
});

const portOf = (protocol: string): number =>
  agent.addresses.find((address) => address.protocol === protocol)?.port ?? 0;

/** Writes until the other side gives up, as fast as it takes it. */
async function flood(send: () => boolean, socket: Socket): Promise<void> {
  while (!socket.destroyed && socket.writable) {
    if (!send()) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it('a peer that pings by WebSocket and never reads is shed', async () => {
  const client = new WebSocket(`ws://${HOST}:${portOf('ws')}`, 'sip');
  client.on('error', () => undefined);
  await new Promise((resolve) => client.once('open', resolve));
  const socket = (client as unknown as { _socket: Socket })._socket;
  socket.pause();
  const payload = Buffer.alloc(125);
  void flood(() => {
    for (let at = 0; at < 500; at++) client.ping(payload);
    return client.bufferedAmount < 1_000_000;
  }, socket);
  await expect.poll(() => agent.stats().connections, { timeout: 20_000 }).toBe(0);
  client.terminate();
});

it('a peer that pings by CRLF on a stream and never reads is shed', async () => {
  const socket = connect({ host: HOST, port: portOf('tcp') });
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.pause();
  const pings = Buffer.from('\r\n\r\n'.repeat(16_000));
  void flood(() => socket.write(pings), socket);
  await expect.poll(() => agent.stats().connections, { timeout: 20_000 }).toBe(0);
  socket.destroy();
});
