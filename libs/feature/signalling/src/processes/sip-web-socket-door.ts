import type { Worker } from 'node:cluster';
import { IncomingMessage, type Server } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '@carillon/service-runtime';
import type { SipWebSocket } from '../sip/sip-web-socket.js';

const PATH = '/sip';

/** An upgrade that one process took and another is to answer; its socket goes with it. */
interface UpgradeMessage {
  readonly sipUpgrade: {
    readonly method: string;
    readonly url: string;
    readonly rawHeaders: readonly string[];
    readonly head: Uint8Array;
  };
}

/** Where browsers come in for SIP when signalling runs in other processes: each connection is given to one of them. */
export class SipWebSocketDoor {
  private readonly workers = new Map<number, Worker>();
  private turn = 0;

  constructor(private readonly logger: Logger) {}

  add(number: number, worker: Worker): void {
    this.workers.set(number, worker);
  }

  remove(number: number): void {
    this.workers.delete(number);
  }

  /** Takes the upgrades of `/sip`; those of other paths are left to others. */
  attach(httpServer: Server): void {
    httpServer.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (request.url?.split('?', 1)[0] === PATH) this.give(request, socket, head);
    });
  }

  private give(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', (error) => this.logger.debug({ error }, 'A WebSocket broke before it was open'));
    const workers = [...this.workers.values()];
    this.turn += 1;
    const worker = workers[this.turn % Math.max(1, workers.length)];
    if (worker === undefined || !(socket instanceof Socket)) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const { method = 'GET', url = PATH, rawHeaders } = request;
    const message: UpgradeMessage = { sipUpgrade: { method, url, rawHeaders, head } };
    worker.send(message, socket, (error: Error | null) => {
      if (error !== null) socket.destroy();
    });
  }
}

/** In the process that answers: takes what the door gives. */
export function takeSipUpgrades(webSocket: SipWebSocket): void {
  process.on('message', (message: unknown, socket: unknown) => {
    if (!isUpgrade(message) || !(socket instanceof Socket)) return;
    const { method, url, rawHeaders, head } = message.sipUpgrade;
    const request = new IncomingMessage(socket);
    request.method = method;
    request.url = url;
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      const name = (rawHeaders[at] ?? '').toLowerCase();
      const before = request.headers[name];
      const value = rawHeaders[at + 1] ?? '';
      request.headers[name] = before === undefined ? value : `${String(before)}, ${value}`;
    }
    // The portal's limit for requests is not one for calls.
    socket.setTimeout(0);
    webSocket.upgrade(request, socket, Buffer.from(head));
  });
}

function isUpgrade(message: unknown): message is UpgradeMessage {
  return typeof message === 'object' && message !== null && 'sipUpgrade' in message;
}
