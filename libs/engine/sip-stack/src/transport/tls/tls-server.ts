import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Server, TLSSocket } from 'node:tls';
import type { TransportContext } from '../network.js';
import { certificateIdentities } from './certificate-identities.js';
import { MIN_TLS_VERSION } from './tls-contexts.js';
import type { TlsContexts } from './tls-contexts.js';

/**
 * Does the server's side of handshakes on sockets that someone else accepted. New certificates make a new server;
 * sockets in their handshake finish with the old one.
 */
export class TlsServer {
  private server: Server;
  private generation: number;

  /** @param secured called with each socket whose handshake succeeded */
  constructor(
    private readonly contexts: TlsContexts,
    private readonly context: TransportContext,
    private readonly secured: (socket: TLSSocket) => void,
  ) {
    this.server = this.make();
    this.generation = contexts.generation;
  }

  /** Starts the handshake on a fresh socket. */
  take(socket: Socket): void {
    if (this.generation !== this.contexts.generation) {
      this.server = this.make();
      this.generation = this.contexts.generation;
    }
    socket.on('error', () => socket.destroy());
    this.server.emit('connection', socket);
  }

  private make(): Server {
    const { contexts, context } = this;
    const { clients } = contexts;
    const server = createServer({
      minVersion: MIN_TLS_VERSION,
      handshakeTimeout: context.limits.handshakeMilliseconds,
      requestCert: clients !== undefined,
      rejectUnauthorized: clients?.certificate === 'required',
      SNICallback: (name, done) => done(null, contexts.serverContext(name)),
    });
    // Clients that send no name never reach the callback.
    server.setSecureContext(contexts.defaultCertificate);
    server.on('secureConnection', this.secured);
    server.on('tlsClientError', (error, socket) => {
      context.logger.debug({ remote: socket.remoteAddress, error: error.message }, 'TLS handshake failed');
      socket.destroy();
    });
    return server;
  }
}

/** Who a client proved to be; nobody unless our authorities vouch for its certificate. */
export function clientIdentities(socket: TLSSocket): string[] {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  return certificate === undefined ? [] : certificateIdentities(certificate);
}
