import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { ListenAddress } from '../api/user-agent.js';
import type { Transport, TransportContext } from './network.js';
import { receiveDatagram } from './receive-datagram.js';
import { flowId, plainAddress } from './sip-flow.js';
import type { SipFlow } from './sip-flow.js';

/** Room for bursts: a registration storm after a power cut comes within a second. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** @throws Error with the system's code when the address cannot be bound */
export async function openUdpTransport(listen: ListenAddress, context: TransportContext): Promise<Transport> {
  const family = isIPv6(listen.host) ? 'udp6' : 'udp4';
  // Destinations are addresses already; Node would ask its resolver for each datagram otherwise.
  const lookup = (
    host: string,
    _options: unknown,
    done: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
  ): void => done(null, host, family === 'udp6' ? 6 : 4);
  const socket = createSocket({ type: family, lookup, recvBufferSize: RECEIVE_BUFFER_BYTES });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(listen.port, listen.host, () => {
      socket.removeListener('error', reject);
      resolve();
    });
  });
  const { port } = socket.address();
  const address: ListenAddress = { protocol: 'udp', host: listen.host, port };
  const limits = {
    maxHeadBytes: context.limits.maxMessageBytes,
    maxHeaders: context.limits.maxHeaders,
    maxBodyBytes: context.limits.maxBodyBytes,
  };
  const to = { receiver: context.receiver, limits };
  const flow = (remoteAddress: string, remotePort: number): SipFlow =>
    new UdpFlow(socket, { localAddress: listen.host, localPort: port, remoteAddress, remotePort }, context);

  socket.on('error', (error) => context.logger.warn({ error: error.message, port }, 'UDP socket error'));
  socket.on('message', (bytes, peer) => receiveDatagram(bytes, flow(plainAddress(peer.address), peer.port), to));

  let closed = false;
  return {
    address,
    connections: 0,
    flowTo: (host, to) => (isIPv6(host) === (family === 'udp6') ? flow(host, to) : undefined),
    findFlow: (host, to) => (isIPv6(host) === (family === 'udp6') ? flow(host, to) : undefined),
    close: () => {
      if (closed) return Promise.resolve();
      closed = true;
      return new Promise((resolve) => {
        socket.close(() => resolve());
      });
    },
  };
}

interface Ends {
  localAddress: string;
  localPort: number;
  remoteAddress: string;
  remotePort: number;
}

class UdpFlow implements SipFlow {
  readonly protocol = 'udp';
  readonly reliable = false;
  readonly open = true;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;

  constructor(
    private readonly socket: Socket,
    ends: Ends,
    private readonly context: TransportContext,
  ) {
    this.localAddress = ends.localAddress;
    this.localPort = ends.localPort;
    this.remoteAddress = ends.remoteAddress;
    this.remotePort = ends.remotePort;
  }

  get id(): string {
    return flowId(this);
  }

  onClosed(): () => void {
    return () => undefined;
  }

  send(bytes: Buffer, failed?: (error: Error) => void): void {
    this.context.sent(bytes, this);
    try {
      this.socket.send(bytes, this.remotePort, this.remoteAddress, (error) => {
        if (error !== null) failed?.(error);
      });
    } catch (error) {
      // A closed socket or port 0 throws at once; senders expect to hear of it later.
      queueMicrotask(() => failed?.(error instanceof Error ? error : new Error(String(error))));
    }
  }
}
