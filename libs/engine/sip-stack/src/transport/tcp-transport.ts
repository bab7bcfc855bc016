import { connect, isIPv6 } from 'node:net';
import type { Socket } from 'node:net';
import type { ListenAddress } from '../api/user-agent.js';
import { acceptSockets } from './accept-sockets.js';
import { Connection } from './connection.js';
import { ConnectionRegister } from './connection-register.js';
import type { Transport, TransportContext } from './network.js';
import { plainAddress, withoutZone } from './sip-flow.js';
import { attachStream } from './stream-wire.js';

/** @throws Error with the system's code when the address cannot be bound */
export async function openTcpTransport(listen: ListenAddress, context: TransportContext): Promise<Transport> {
  const register = new ConnectionRegister(context.limits);
  let closed = false;
  const server = await acceptSockets(listen, { register, context }, ({ socket, remote }) => {
    const connection = new Connection(endsOf(socket, remote), context, { protocol: 'tcp', outgoing: false });
    attachStream(socket, connection, context);
    register.add(connection);
  });
  const endsOf = (socket: Socket, remote: { address: string; port: number }) => ({
    localAddress: withoutZone(plainAddress(socket.localAddress ?? listen.host)),
    localPort: server.port,
    remoteAddress: remote.address,
    remotePort: remote.port,
  });

  return {
    address: { protocol: 'tcp', host: listen.host, port: server.port },
    get connections() {
      return register.size;
    },
    findFlow: (host, port) => register.find(host, port),
    flowTo: (host, port) => {
      const existing = register.find(host, port);
      if (existing !== undefined) return existing;
      if (closed || isIPv6(host) !== isIPv6(listen.host) || !register.mayDial) return undefined;
      const release = register.reserve(host);
      if (release === undefined) return undefined;
      const socket = connect({ host, port, noDelay: true });
      const ends = endsOf(socket, { address: host, port });
      const connection = new Connection(ends, context, { protocol: 'tcp', outgoing: true });
      attachStream(socket, connection, context);
      const settled = register.addDialled(connection);
      connection.onClosed(release);
      socket.once('connect', () => {
        context.mark(socket, isIPv6(host) ? 6 : 4);
        settled();
        connection.opened();
      });
      return connection;
    },
    shed: (unwanted, reason) => register.shed(unwanted, reason),
    close: () => {
      closed = true;
      for (const connection of [...register]) connection.shed('closing');
      return server.close();
    },
  };
}
