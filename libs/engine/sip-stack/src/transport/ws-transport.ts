import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { ListenAddress } from '../api/user-agent.js';
import { ConnectionRegister } from './connection-register.js';
import type { TransportContext, WebSocketTransport } from './network.js';
import { plainAddress } from './sip-flow.js';
import type { SipFlow } from './sip-flow.js';
import { WsConnection } from './ws-connection.js';

/** Subprotocol that a WebSocket must have chosen (RFC 7118 §4). */
export const SIP_SUBPROTOCOL = 'sip';

/** Takes WebSockets from an HTTP server that belongs to someone else. */
export function webSocketTransport(context: TransportContext, address: ListenAddress): WebSocketTransport {
  const connections = new ConnectionRegister<WsConnection>(context.limits);
  const accept = (socket: WebSocket, remote: { address: string; port: number }): SipFlow | undefined => {
    const remoteAddress = plainAddress(remote.address);
    if (socket.protocol !== SIP_SUBPROTOCOL || !connections.admits(remoteAddress)) {
      socket.on('error', () => socket.terminate());
      socket.close(1008, socket.protocol === SIP_SUBPROTOCOL ? 'Too many connections' : 'Subprotocol sip needed');
      return undefined;
    }
    const ends = {
      localAddress: address.host,
      localPort: address.port,
      remoteAddress,
      remotePort: remote.port,
    };
    const connection = new WsConnection(socket, ends, context);
    connections.add(connection);
    return connection;
  };
  return {
    address,
    get connections() {
      return connections.size;
    },
    accept,
    // Browsers cannot be dialled: only a connection they opened leads to them.
    findFlow: (host, port) => connections.find(host, port),
    flowTo: (host, port) => connections.find(host, port),
    close: () => {
      for (const connection of [...connections]) connection.shed('closing');
      return Promise.resolve();
    },
  };
}

/**
 * A WebSocket server of its own.
 * @throws Error with the system's code when the address cannot be bound
 */
export async function openWsTransport(listen: ListenAddress, context: TransportContext): Promise<WebSocketTransport> {
  const server = new WebSocketServer({
    host: listen.host,
    port: listen.port,
    maxPayload: context.limits.maxMessageBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SIP_SUBPROTOCOL) ? SIP_SUBPROTOCOL : false),
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => context.logger.warn({ error: error.message }, 'WebSocket server error'));
  const { port } = server.address() as AddressInfo;
  const transport = webSocketTransport(context, { protocol: 'ws', host: listen.host, port });
  server.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    transport.accept(socket, { address: request.socket.remoteAddress ?? '', port: request.socket.remotePort ?? 0 });
  });
  let closing: Promise<void> | undefined;
  return {
    address: transport.address,
    get connections() {
      return transport.connections;
    },
    accept: transport.accept,
    findFlow: transport.findFlow,
    flowTo: transport.flowTo,
    close: () => {
      closing ??= transport.close().then(
        () =>
          new Promise((resolve) => {
            server.close(() => resolve());
          }),
      );
      return closing;
    },
  };
}
