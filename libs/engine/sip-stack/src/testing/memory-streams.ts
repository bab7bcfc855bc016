import type { ListenAddress } from '../api/user-agent.js';
import type { Clock } from '../clock.js';
import { Connection } from '../transport/connection.js';
import { ConnectionRegister } from '../transport/connection-register.js';
import type { Transport, TransportContext } from '../transport/network.js';
import { hostPort } from '../transport/sip-flow.js';
import { attachStream } from '../transport/stream-wire.js';
import { MemorySocket } from './memory-socket.js';
import type { StreamFate } from './memory-socket.js';

/** Source ports of dialled connections. */
const FIRST_PORT = 40_000;

export interface StreamsFate extends StreamFate {
  /** Whether somebody takes connections at `address:port`. */
  readonly accepts: (to: string) => boolean;
  /** Milliseconds until the connection stands. */
  readonly handshake: (to: string) => number;
}

type Accept = (socket: MemorySocket, remote: { address: string; port: number }) => void;

/** TCP between user agents of one process: the transport's own connections on sockets of memory. */
export class MemoryStreams {
  private readonly listening = new Map<string, Accept>();
  private readonly sockets = new Set<MemorySocket>();
  private nextPort = FIRST_PORT;

  constructor(
    private readonly clock: Clock,
    private readonly fate: StreamsFate,
  ) {}

  /** Breaks every connection now, at both ends. */
  breakAll(): void {
    for (const socket of [...this.sockets]) socket.destroy();
  }

  listen(address: ListenAddress, context: TransportContext): Transport {
    const register = new ConnectionRegister(context.limits);
    const key = hostPort(address.host, address.port);
    const make = (socket: MemorySocket, remote: { address: string; port: number }, outgoing: boolean): Connection => {
      const ends = { localAddress: address.host, localPort: address.port };
      const peer = { remoteAddress: remote.address, remotePort: remote.port };
      const connection = new Connection({ ...ends, ...peer }, context, { protocol: 'tcp', outgoing });
      attachStream(socket, connection, context);
      return connection;
    };
    this.listening.set(key, (socket, remote) => register.add(make(socket, remote, false)));
    return {
      address,
      get connections() {
        return register.size;
      },
      findFlow: (host, port) => register.find(host, port),
      flowTo: (host, port) => {
        const existing = register.find(host, port);
        if (existing !== undefined) return existing;
        const [near, far] = MemorySocket.pair(this.clock, this.fate);
        const connection = make(near, { address: host, port }, true);
        const settled = register.addDialled(connection);
        const from = { address: address.host, port: this.nextPort++ };
        const to = hostPort(host, port);
        const shakeHands = (): void =>
          this.connect({ near, far }, { to, from }, () => {
            settled();
            connection.opened();
          });
        const milliseconds = this.fate.handshake(to);
        if (Number.isFinite(milliseconds)) this.clock.setTimeout(shakeHands, milliseconds);
        return connection;
      },
      shed: (unwanted, reason) => register.shed(unwanted, reason),
      close: () => {
        this.listening.delete(key);
        for (const connection of [...register]) connection.shed('closing');
        return Promise.resolve();
      },
    };
  }

  private connect(
    ends: { near: MemorySocket; far: MemorySocket },
    way: { to: string; from: { address: string; port: number } },
    opened: () => void,
  ): void {
    const { near, far } = ends;
    const accept = this.fate.accepts(way.to) ? this.listening.get(way.to) : undefined;
    if (near.destroyed) return;
    if (accept === undefined) {
      near.destroy(new Error('connect ECONNREFUSED'));
      return;
    }
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    }
    accept(far, way.from);
    opened();
  }
}
