import { createSocket } from 'node:dgram';
import type { RemoteInfo } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { parseMessage } from '@carillon/sip-message';
import type { ListenAddress } from '../api/user-agent.js';
import { DatagramTurn } from './datagram-turn.js';
import { messageLimits } from './message-limits.js';
import type { Transport, TransportContext } from './network.js';
import { answerBinding, parseStun } from './stun-message.js';
import { probePort } from './probe-port.js';
import { hostPort, withoutZone } from './sip-flow.js';
import { UdpFlow, UdpPort } from './udp-flow.js';

/** Room for bursts: a registration storm after a power cut comes within a second. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
/** Less is no message: keep-alives of CR and LF or zeros vanish here. */
const SHORTEST_MESSAGE = 16;
/** No SIP message begins with an octet below the letters; STUN's first is 0 or 1. */
const FIRST_LETTER = 0x41;

/** @throws Error with the system's code when the address cannot be bound */
export async function openUdpTransport(listen: ListenAddress, context: TransportContext): Promise<Transport> {
  const family = isIPv6(listen.host) ? 'udp6' : 'udp4';
  // Destinations are addresses already; Node would ask its resolver for each datagram otherwise.
  const lookup = (
    host: string,
    _options: unknown,
    done: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
  ): void => done(null, host, family === 'udp6' ? 6 : 4);
  const socket = createSocket({
    type: family,
    ipv6Only: family === 'udp6',
    lookup,
    recvBufferSize: RECEIVE_BUFFER_BYTES,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(listen.port, listen.host, () => {
      socket.removeListener('error', reject);
      resolve();
    });
  });
  context.mark(socket, family === 'udp6' ? 6 : 4);
  const address: ListenAddress = { protocol: 'udp', host: listen.host, port: socket.address().port };
  const port = new UdpPort(socket, address, context);
  const parsing = { framing: 'datagram', limits: messageLimits(context.limits) } as const;
  const { receiver } = context;
  const turn = new DatagramTurn(receiver);

  const receive = (bytes: Buffer, peer: RemoteInfo): void => {
    const flow = new UdpFlow(port, peer.address, peer.port);
    port.heard(peer.address, peer.port);
    if (bytes.length < SHORTEST_MESSAGE) {
      context.keptAlive?.(flow, bytes);
      return;
    }
    if ((bytes[0] ?? 0) < FIRST_LETTER && receiveStun(bytes, flow, port)) {
      context.keptAlive?.(flow, bytes);
      return;
    }
    const result = parseMessage(bytes, parsing);
    if (result.ok) turn.add(result.message, flow);
    else if ('malformed' in result) {
      receiver.malformed({ code: result.malformed, detail: result.detail, request: result.request }, flow);
    }
  };
  socket.on('error', (error) => context.logger.warn({ error: error.message, port: address.port }, 'UDP socket error'));
  socket.on('message', receive);

  const flowTo = (host: string, to: number): UdpFlow | undefined =>
    isIPv6(host) === (family === 'udp6') ? new UdpFlow(port, host, to) : undefined;
  let closing: Promise<void> | undefined;
  return {
    address,
    connections: 0,
    flowTo,
    findFlow: flowTo,
    owns: (flow): flow is UdpFlow => flow instanceof UdpFlow && flow.isOf(port),
    probe: (host, to, refused) =>
      isIPv6(host) === (family === 'udp6') ? probePort(context.clock, { address: host, port: to }, refused) : nothing,
    heard: (host, from, bytes) => {
      port.heard(host, from);
      const message = bytes.length < SHORTEST_MESSAGE ? undefined : parseStun(bytes);
      // A question was answered where it came in.
      if (message !== undefined && message.kind !== 'request') port.questions.receive(message, hostPort(host, from));
    },
    close: () => {
      closing ??= new Promise((resolve) => {
        port.close();
        turn.close();
        socket.close(() => resolve());
      });
      return closing;
    },
  };
}

function nothing(): void {
  // There was no probe to end.
}

/** Answers Binding requests on the SIP port (RFC 5626 §3.5.2, RFC 8489). @returns false when it is no STUN */
function receiveStun(bytes: Buffer, flow: UdpFlow, port: UdpPort): boolean {
  const message = parseStun(bytes);
  if (message === undefined) return false;
  const remote = { address: withoutZone(flow.destination), port: flow.remotePort };
  if (message.kind === 'request') flow.write(answerBinding(message, remote));
  else port.questions.receive(message, hostPort(flow.destination, flow.remotePort));
  return true;
}
