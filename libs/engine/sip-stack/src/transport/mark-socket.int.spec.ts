import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import koffi from 'koffi';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../logger.js';
import { descriptorOf, socketMarker } from './mark-socket.js';

const CS3 = 24;
const getOption = koffi
  .load(null)
  .func('int getsockopt(int fd, int level, int name, _Out_ uint8_t *value, _Inout_ uint32_t *length)') as (
  ...from: [number, number, number, Buffer, number[]]
) => number;

/** What the system will write into the packets of a socket. */
function markOf(socket: object, family: 4 | 6): number {
  const value = Buffer.alloc(4);
  getOption(descriptorOf(socket) ?? -1, family === 6 ? 41 : 0, family === 6 ? 67 : 1, value, [4]);
  return value[0] ?? -1;
}

describe.skipIf(process.platform !== 'linux')('packets', () => {
  it.each([
    [4, 'udp4', '127.0.0.1'],
    [6, 'udp6', '::1'],
  ] as const)('of UDP over IPv%d carry the mark', async (family, type, host) => {
    const socket = createSocket(type);
    await new Promise<void>((resolve) => {
      socket.bind(0, host, resolve);
    });
    socketMarker(CS3, silentLogger)(socket, family);
    expect(markOf(socket, family)).toBe(0x60);
    socket.close();
  });

  it('of TCP carry the mark, also on sockets that were accepted', async () => {
    const mark = socketMarker(CS3, silentLogger);
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const socket = connect({
      port: typeof address === 'object' && address !== null ? address.port : 0,
      host: '127.0.0.1',
    });
    await new Promise((resolve) => {
      socket.once('connect', resolve);
    });
    mark(socket, 4);
    mark(server, 4);
    expect([markOf(socket, 4), markOf(server, 4)]).toEqual([0x60, 0x60]);
    socket.destroy();
    server.close();
  });
});

it('a socket that is closed is a warning, once', () => {
  const warnings: string[] = [];
  const mark = socketMarker(CS3, { ...silentLogger, warn: (_details, text) => warnings.push(text) });
  const socket = createSocket('udp4');
  socket.close();
  mark(socket, 4);
  mark(socket, 4);
  expect(warnings).toHaveLength(1);
});
