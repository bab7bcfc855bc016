import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { isListening } from './is-listening.js';

it('tells who takes connections, and says nothing to them', async () => {
  const heard: number[] = [];
  const server = createServer((socket) => socket.on('data', (bytes) => heard.push(bytes.length)));
  await new Promise<void>((open) => server.listen(0, '127.0.0.1', open));
  const { port } = server.address() as AddressInfo;
  expect(await isListening('127.0.0.1', port, 1000)).toBe(true);
  await new Promise((closed) => server.close(closed));
  expect(await isListening('127.0.0.1', port, 1000)).toBe(false);
  expect(heard).toEqual([]);
});
