import { isIPv6 } from 'node:net';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { SipMessage } from '@carillon/sip-message';
import type { ListenAddress } from '../api/user-agent.js';
import { acceptSockets } from './accept-sockets.js';
import { Connection } from './connection.js';
import { ConnectionRegister } from './connection-register.js';
import type { Transport, TransportContext } from './network.js';
import { plainAddress, withoutZone } from './sip-flow.js';
import type { SipFlow } from './sip-flow.js';
import { attachStream } from './stream-wire.js';
import { dialTls, serverIdentities } from './tls/dial-tls.js';
import { clientIdentities, TlsServer } from './tls/tls-server.js';

/** RFC 3261 §19.1.2 */
const DEFAULT_PORT = 5061;

/** @throws Error with the system's code when the address cannot be bound, or without certificates */
export async function openTlsTransport(listen: ListenAddress, outer: TransportContext): Promise<Transport> {
  const contexts = outer.tls;
  if (contexts === undefined) throw new Error('TLS needs certificates');
  const register = new ConnectionRegister(outer.limits);
  const context = { ...outer, receiver: { ...outer.receiver, message: learnAlias(register, outer) } };
  let closed = false;
  const tls = new TlsServer(contexts, context, (socket) => {
    const { remoteAddress = '', remotePort = 0 } = socket;
    const remote = { address: plainAddress(withoutZone(remoteAddress)), port: remotePort };
    const peerIdentities = clientIdentities(socket);
    const options = { protocol: 'tls', outgoing: false, peerIdentities } as const;
    const connection = new Connection(endsOf(socket, remote), context, options);
    attachStream(socket, connection, context);
    register.add(connection);
  });
  const server = await acceptSockets(listen, { register, context }, ({ socket }) => {
    handshaking.add(socket);
    socket.once('close', () => handshaking.delete(socket));
    tls.take(socket);
  });
  const handshaking = new Set<Socket>();
  const endsOf = (socket: TLSSocket, remote: { address: string; port: number }) => ({
    localAddress: withoutZone(plainAddress(socket.localAddress ?? listen.host)),
    localPort: server.port,
    remoteAddress: remote.address,
    remotePort: remote.port,
  });

  return {
    address: { protocol: 'tls', host: listen.host, port: server.port },
    get connections() {
      return register.size;
    },
    findFlow: (host, port) => register.find(host, port),
    flowTo: (host, port, serverName = host) => {
      const existing = register.find(host, port, serverName);
      if (existing !== undefined) return existing;
      if (closed || isIPv6(host) !== isIPv6(listen.host) || !register.mayDial) return undefined;
      const release = register.reserve(host);
      if (release === undefined) return undefined;
      const socket = dialTls(contexts, { address: host, port, serverName });
      const ends = endsOf(socket, { address: host, port });
      const connection = new Connection(ends, context, { protocol: 'tls', outgoing: true, serverName });
      attachStream(socket, connection, context);
      const settled = register.addDialled(connection);
      connection.onClosed(release);
      socket.once('connect', () => context.mark(socket, isIPv6(host) ? 6 : 4));
      socket.once('secureConnect', () => {
        settled();
        connection.opened(serverIdentities(socket));
      });
      return connection;
    },
    shed: (unwanted, reason) => register.shed(unwanted, reason),
    close: () => {
      closed = true;
      for (const connection of [...register]) connection.shed('closing');
      for (const socket of handshaking) socket.destroy();
      return server.close();
    },
  };
}

/**
 * A client that proved the name in its Via and asks for it by `alias` is reached over its own connection: requests to
 * its advertised port need no second one (RFC 5923 §8.2).
 */
function learnAlias(register: ConnectionRegister, { receiver }: TransportContext) {
  return (message: SipMessage, flow: SipFlow): void => {
    if (message.kind === 'request' && flow instanceof Connection && flow.peerIdentities.length > 0 && !flow.outgoing) {
      const via = message.topVia;
      if (via?.parameters.has('alias') === true && flow.peerIdentities.includes(via.host.toLowerCase())) {
        register.name(flow, flow.remoteAddress, via.port ?? DEFAULT_PORT);
      }
    }
    receiver.message(message, flow);
  };
}
