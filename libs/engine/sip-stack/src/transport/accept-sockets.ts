import { createServer, isIPv6 } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { ListenAddress } from '../api/user-agent.js';
import type { ConnectionRegister } from './connection-register.js';
import { descriptorOf } from './mark-socket.js';
import type { TransportContext } from './network.js';
import { plainAddress, withoutZone } from './sip-flow.js';

/** A socket that came, within the limits, before any handshake. */
export interface AcceptedSocket {
  readonly socket: Socket;
  readonly remote: { readonly address: string; readonly port: number };
}

export interface SocketServer {
  readonly port: number;
  /** Stops listening; sockets that were accepted stay. Idempotent. */
  close(): Promise<void>;
}

/**
 * Listens for connections of every kind; those beyond the limits are closed without a word.
 * @throws Error with the system's code when the address cannot be bound
 */
export async function acceptSockets(
  listen: ListenAddress,
  parts: { register: ConnectionRegister; context: TransportContext },
  accepted: (arrival: AcceptedSocket) => void,
): Promise<SocketServer> {
  const { register, context } = parts;
  const family = isIPv6(listen.host) ? 6 : 4;
  const server = createServer({ noDelay: true }, (socket) => {
    const { remoteAddress, remotePort } = socket;
    const address = remoteAddress === undefined ? undefined : plainAddress(withoutZone(remoteAddress));
    // The peer may be gone before we look.
    const remote = address === undefined || remotePort === undefined ? undefined : { address, port: remotePort };
    const release = remote === undefined ? undefined : register.admit(remote, context.admitsConnection);
    if (remote === undefined || release === undefined) {
      socket.on('error', () => socket.destroy());
      socket.destroy();
      return;
    }
    socket.once('close', release);
    context.mark(socket, family);
    accepted({ socket, remote });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: listen.port, host: listen.host, ipv6Only: family === 6 }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  // The answer to the first packet of a connection comes from the listening socket.
  // Where processes share it, another one has it, and only the connections are ours.
  if (descriptorOf(server) !== undefined) context.mark(server, family);
  const { port } = server.address() as AddressInfo;
  server.on('error', (error) => {
    context.logger.warn({ error: error.message, protocol: listen.protocol, port }, 'Listening socket failed');
  });
  let closing: Promise<void> | undefined;
  return {
    port,
    close: () => {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
      });
      return closing;
    },
  };
}

/** Destroys a socket whose opening takes too long. @returns the opening is done */
export function limitHandshake(socket: Socket, context: TransportContext): () => void {
  const { clock, limits, logger } = context;
  const timer = clock.setTimeout(() => {
    logger.debug({ remote: socket.remoteAddress }, 'Handshake took too long');
    socket.destroy();
  }, limits.handshakeMilliseconds);
  const done = (): void => clock.clearTimeout(timer);
  socket.once('close', done);
  return done;
}
