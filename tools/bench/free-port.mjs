import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const FIRST_PORT = 14_000;
const PORTS = 1000;
const ATTEMPTS = 200;

/**
 * A block of ports on 127.0.0.1 that nobody uses now, free for TCP and UDP at both of its ends.
 *
 * @param {number} [count]
 * @returns {Promise<number>} the first of them
 * @throws {Error} if there are none
 */
export async function freePort(count = 1) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const first = FIRST_PORT + 2 * Math.floor((Math.random() * (PORTS - count)) / 2);
    if ((await isFree(first)) && (count === 1 || (await isFree(first + count - 1)))) return first;
  }
  throw new Error(`No free port was found from ${FIRST_PORT} to ${FIRST_PORT + PORTS}.`);
}

async function isFree(port) {
  const tcp = await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
  const udp = await new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => socket.close(() => resolve(false)));
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
  });
  return tcp && udp;
}
