import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Below 32768, from where Linux takes the local ports of connections: a port found free stays so until it is used. */
const FIRST_PORT = 24_000;
const LAST_PORT = 32_700;
/** What a test process has for itself at a time. Its first port is bound for as long as the process lives, and tells others. */
const BLOCK_PORTS = 580;
const BLOCKS = Math.floor((LAST_PORT - FIRST_PORT) / BLOCK_PORTS);

interface Block {
  readonly first: number;
  readonly end: number;
}
const own: Block[] = [];
/** Where the search goes on: in which of the own blocks, and at which port. */
const at = { block: 0, port: 0 };

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

/** Whether the block is this process's from now on: nobody else has bound its first port. */
function take({ first, end }: Block): Promise<boolean> {
  return new Promise((settle) => {
    const sign = createServer();
    sign.once('error', () => settle(false));
    sign.listen(first, '127.0.0.1', () => {
      sign.unref();
      own.push({ first: first + 1, end });
      settle(true);
    });
  });
}

async function takeAnother(): Promise<boolean> {
  const start = Math.floor(Math.random() * BLOCKS);
  for (let step = 0; step < BLOCKS; step++) {
    const first = FIRST_PORT + ((start + step) % BLOCKS) * BLOCK_PORTS;
    if (await take({ first, end: first + BLOCK_PORTS })) return true;
  }
  return false;
}

/** The next `count` ports in a row; from the beginning of the own ones where there are no others. */
async function nextPorts(count: number): Promise<number> {
  for (;;) {
    const block = own[at.block];
    const first = Math.max(at.port, block?.first ?? 0);
    if (block !== undefined && first + count <= block.end) {
      at.port = first + count;
      return first;
    }
    at.port = 0;
    at.block += block === undefined ? 0 : 1;
    if (at.block < own.length || (await takeAnother())) continue;
    if (own.length === 0) throw new Error('Other test processes have all ports');
    at.block = 0;
  }
}

/**
 * The first of `count` consecutive ports that are free for UDP and TCP on loopback. Test processes that run at once have
 * different ones: what a process is told of before it binds it is not bound by the phones of another meanwhile.
 */
export async function freePorts(count = 1): Promise<number> {
  if (count >= BLOCK_PORTS) throw new Error(`There are never ${count} ports in a row`);
  for (let attempt = 0; attempt < 500; attempt++) {
    const first = await nextPorts(count);
    const probes =
      count > 8 ? [first, first + 1, first + count - 1] : Array.from({ length: count }, (_, i) => first + i);
    const free = await Promise.all(probes.flatMap((port) => [tcpFree(port), udpFree(port)]));
    if (free.every(Boolean)) return first;
  }
  throw new Error('No free ports on loopback');
}
