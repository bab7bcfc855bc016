import { connect, createServer, isIPv6 } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { ListenAddress } from '../api/user-agent.js';
import { ConnectionRegister } from './connection-register.js';
import type { Transport, TransportContext } from './network.js';
import { plainAddress } from './sip-flow.js';
import { TcpConnection } from './tcp-connection.js';

/** @throws Error with the system's code when the address cannot be bound */
export async function openTcpTransport(listen: ListenAddress, context: TransportContext): Promise<Transport> {
  const connections = new ConnectionRegister<TcpConnection>(context.limits);
  let port = listen.port;
  const adopt = (socket: Socket, remote: { address: string; port: number }): TcpConnection => {
    const ends = {
      localAddress: plainAddress(socket.localAddress ?? listen.host),
      localPort: port,
      remoteAddress: remote.address,
      remotePort: remote.port,
    };
    const connection = new TcpConnection(socket, ends, context);
    connections.add(connection);
    return connection;
  };

  const server = createServer({ noDelay: true }, (socket) => {
    const { remoteAddress, remotePort } = socket;
    // The peer may be gone before we look.
    if (remoteAddress === undefined || remotePort === undefined || !connections.admits(plainAddress(remoteAddress))) {
      socket.on('error', () => socket.destroy());
      socket.destroy();
      return;
    }
    adopt(socket, { address: plainAddress(remoteAddress), port: remotePort });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: listen.port, host: listen.host }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => context.logger.warn({ error: error.message, port }, 'TCP server error'));
  port = (server.address() as AddressInfo).port;

  let closing: Promise<void> | undefined;
  return {
    address: { protocol: 'tcp', host: listen.host, port },
    get connections() {
      return connections.size;
    },
    findFlow: (host, to) => connections.find(host, to),
    flowTo: (host, to) => {
      const existing = connections.find(host, to);
      if (existing !== undefined) return existing;
      if (
        closing !== undefined ||
        isIPv6(host) !== isIPv6(listen.host) ||
        connections.size >= context.limits.maxConnections
      ) {
        return undefined;
      }
      return adopt(connect({ host, port: to, noDelay: true }), { address: host, port: to });
    },
    close: () => {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of [...connections]) connection.shed('closing');
      });
      return closing;
    },
  };
}
