import { once } from 'node:events';
import type { RemoteInfo, Socket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { bindUdpSocket } from './bind-udp-socket.js';

const opened: Socket[] = [];

async function bind(address: string, port = 0): Promise<Socket> {
  const socket = await bindUdpSocket(address, port);
  opened.push(socket);
  return socket;
}

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
});

describe('a socket on the address of both families', () => {
  it.each(['127.0.0.1', '::1'])('knows a peer at %s by that address, and reaches it there', async (address) => {
    const ours = await bind('::');
    const peer = await bind(address);
    const heard = once(ours, 'message');
    peer.send('there', ours.address().port, address);
    const [, from] = (await heard) as [Buffer, RemoteInfo];
    expect(from).toMatchObject({ address, port: peer.address().port, family: address === '::1' ? 'IPv6' : 'IPv4' });
    const answered = once(peer, 'message');
    ours.send('and back', from.port, from.address);
    expect(String(((await answered) as [Buffer])[0])).toBe('and back');
  });
});

it('a port that is taken is refused, and nothing is left of the attempt', async () => {
  const first = await bind('127.0.0.1');
  const { port } = first.address();
  await expect(bindUdpSocket('127.0.0.1', port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  first.close();
  opened.length = 0;
  await bind('127.0.0.1', port);
});
