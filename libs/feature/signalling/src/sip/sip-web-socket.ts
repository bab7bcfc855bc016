import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger, TrustedProxies } from '@carillon/service-runtime';
import type { UserAgent } from '@carillon/sip-stack';
import { WebSocketServer } from 'ws';

const PATH = '/sip';
const MAX_MESSAGE_BYTES = 65_535;

/** SIP over WebSocket (RFC 7118) on the HTTP server that serves the portal. */
export class SipWebSocket {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has('sip') ? 'sip' : false),
  });
  private userAgent: UserAgent | undefined;

  constructor(
    private readonly logger: Logger,
    private readonly proxies: TrustedProxies,
  ) {}

  /** Takes the upgrades of `/sip`; those of other paths are left to others. Call once, before or after listening. */
  attach(httpServer: Server): void {
    httpServer.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (request.url?.split('?', 1)[0] !== PATH) return;
      this.upgrade(request, socket, head);
    });
  }

  /** Connections are refused with 503 until there is a user agent. */
  open(userAgent: UserAgent): void {
    this.userAgent = userAgent;
  }

  close(): void {
    this.userAgent = undefined;
    this.server.close();
  }

  /** Answers one upgrade, whoever took it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', (error) => this.logger.debug({ error }, 'A WebSocket broke before it was open'));
    const { userAgent } = this;
    if (userAgent === undefined) {
      refuse(socket, '503 Service Unavailable');
      return;
    }
    // RFC 7118 §4.1: both must agree on the subprotocol.
    const protocols = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
    if (!protocols.includes('sip')) {
      refuse(socket, '400 Bad Request');
      return;
    }
    const address = this.proxies.addressOf(request);
    const port = request.socket.remotePort ?? 0;
    this.server.handleUpgrade(request, socket, head, (webSocket) => {
      userAgent.acceptWebSocket(webSocket, { address, port });
    });
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
