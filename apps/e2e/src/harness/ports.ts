import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Below 32768, from where Linux takes the local ports of connections: a port found free stays so until it is used. */
const FIRST_PORT = 24_000;
const LAST_PORT = 32_700;
let next = FIRST_PORT + Math.floor(Math.random() * 4_000);

function tcpFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', () => settle(false));
    server.listen(port, '127.0.0.1', () => server.close(() => settle(true)));
  });
}

function udpFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = createSocket('udp4');
    socket.once('error', () => settle(false));
    socket.bind(port, '127.0.0.1', () => socket.close(() => settle(true)));
  });
}

/** The first of `count` consecutive ports that are free for UDP and TCP on loopback; never handed out twice in a run. */
export async function freePorts(count = 1): Promise<number> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (next + count > LAST_PORT) next = FIRST_PORT;
    const first = next;
    next += count;
    const probes =
      count > 8 ? [first, first + 1, first + count - 1] : Array.from({ length: count }, (_, i) => first + i);
    const free = await Promise.all(probes.flatMap((port) => [tcpFree(port), udpFree(port)]));
    if (free.every(Boolean)) return first;
  }
  throw new Error('No free ports on loopback');
}
