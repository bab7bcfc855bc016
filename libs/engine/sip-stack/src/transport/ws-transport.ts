import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { ListenAddress } from '../api/user-agent.js';
import { acceptSockets, limitHandshake } from './accept-sockets.js';
import { Connection } from './connection.js';
import { ConnectionRegister } from './connection-register.js';
import type { TransportContext, WebSocketTransport } from './network.js';
import { plainAddress, withoutZone } from './sip-flow.js';
import type { SipFlow } from './sip-flow.js';
import { clientIdentities, TlsServer } from './tls/tls-server.js';
import { attachWebSocket } from './web-socket-wire.js';

/** Subprotocol that a WebSocket must have chosen (RFC 7118 §4). */
const SIP_SUBPROTOCOL = 'sip';
/** RFC 6455 §7.4.1 */
const POLICY_VIOLATION = 1008;

/** Takes WebSockets from an HTTP server that belongs to someone else. */
export function webSocketTransport(context: TransportContext, address: ListenAddress): WebSocketTransport {
  const register = new ConnectionRegister(context.limits);
  const accept = (socket: WebSocket, remote: { address: string; port: number }): SipFlow | undefined => {
    const remoteAddress = plainAddress(withoutZone(remote.address));
    const speaksSip = socket.protocol === SIP_SUBPROTOCOL;
    const peer = { address: remoteAddress, port: remote.port };
    const release = speaksSip ? register.admit(peer, context.admitsConnection) : undefined;
    if (release === undefined) {
      socket.on('error', () => socket.terminate());
      socket.close(POLICY_VIOLATION, speaksSip ? 'Too many connections' : 'Subprotocol sip needed');
      return undefined;
    }
    const connection = adopt(socket, peer, { register, context, address });
    connection.onClosed(release);
    return connection;
  };
  return {
    address,
    get connections() {
      return register.size;
    },
    accept,
    // Browsers cannot be dialled: only a connection they opened leads to them.
    findFlow: (host, port) => register.find(host, port),
    flowTo: (host, port) => register.find(host, port),
    shed: (unwanted, reason) => register.shed(unwanted, reason),
    close: () => {
      for (const connection of [...register]) connection.shed('closing');
      return Promise.resolve();
    },
  };
}

/**
 * A WebSocket server of its own, `ws` or `wss` (RFC 7118). One handshake limit covers TLS and the upgrade.
 * @throws Error with the system's code when the address cannot be bound, or without certificates for `wss`
 */
export async function openWsTransport(listen: ListenAddress, context: TransportContext): Promise<WebSocketTransport> {
  if (listen.protocol === 'wss' && context.tls === undefined) throw new Error('WSS needs certificates');
  const register = new ConnectionRegister(context.limits);
  const address: ListenAddress = { ...listen };
  const opening = new Map<Socket, () => void>();
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: context.limits.maxMessageBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SIP_SUBPROTOCOL) ? SIP_SUBPROTOCOL : false),
  });
  const http = createServer((_request, response) => {
    response.writeHead(426, { Upgrade: 'websocket', Connection: 'close' }).end();
  });
  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const refusal = refusalOf(request, context);
    if (refusal !== undefined) {
      stream.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    webSockets.handleUpgrade(request, stream, head, (socket) => {
      opening.get(request.socket)?.();
      const remote = {
        address: plainAddress(withoutZone(request.socket.remoteAddress ?? '')),
        port: request.socket.remotePort ?? 0,
      };
      adopt(socket, remote, { register, context, address }, identitiesOf(request.socket));
    });
  });
  const upgrade = (socket: Socket): void => {
    const done = limitHandshake(socket, context);
    opening.set(socket, done);
    socket.once('close', () => opening.delete(socket));
    http.emit('connection', socket);
  };
  const identities = new WeakMap<Socket, readonly string[]>();
  const identitiesOf = (socket: Socket): readonly string[] => identities.get(socket) ?? [];
  const tls =
    listen.protocol === 'ws' || context.tls === undefined
      ? undefined
      : new TlsServer(context.tls, context, (socket) => {
          identities.set(socket, clientIdentities(socket));
          upgrade(socket);
        });
  const sockets = new Set<Socket>();
  const server = await acceptSockets(listen, { register, context }, ({ socket }) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (tls === undefined) upgrade(socket);
    else tls.take(socket);
  });
  address.port = server.port;
  return {
    address,
    get connections() {
      return register.size;
    },
    accept: () => undefined,
    findFlow: (host, port) => register.find(host, port),
    flowTo: (host, port) => register.find(host, port),
    shed: (unwanted, reason) => register.shed(unwanted, reason),
    close: () => {
      for (const connection of [...register]) connection.shed('closing');
      for (const socket of sockets) socket.destroy();
      return server.close();
    },
  };
}

function adopt(
  socket: WebSocket,
  remote: { address: string; port: number },
  to: { register: ConnectionRegister; context: TransportContext; address: ListenAddress },
  peerIdentities: readonly string[] = [],
): Connection {
  const { register, context, address } = to;
  const ends = {
    localAddress: address.host,
    localPort: address.port,
    remoteAddress: remote.address,
    remotePort: remote.port,
  };
  const protocol = address.protocol === 'wss' ? 'wss' : 'ws';
  const connection = new Connection(ends, context, { protocol, outgoing: false, peerIdentities });
  attachWebSocket(socket, connection, context);
  register.add(connection);
  return connection;
}

/** Status line for an upgrade that we do not want. */
function refusalOf(request: IncomingMessage, { allowOrigin }: TransportContext): string | undefined {
  const { origin } = request.headers;
  // RFC 6455 §10.2: only browsers send an origin, and they cannot forge it.
  if (origin !== undefined && allowOrigin !== undefined && !allowOrigin(origin)) return '403 Forbidden';
  const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
  return offered.includes(SIP_SUBPROTOCOL) ? undefined : '400 Bad Request';
}
