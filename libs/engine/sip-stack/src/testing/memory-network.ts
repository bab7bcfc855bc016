import type { ListenAddress } from '../api/user-agent.js';
import type { Clock } from '../clock.js';
import type { Network, Transport, TransportContext, WebSocketTransport } from '../transport/network.js';
import { receiveDatagram } from '../transport/receive-datagram.js';
import { flowId, hostPort } from '../transport/sip-flow.js';
import type { SipFlow } from '../transport/sip-flow.js';
import { MemoryStreams } from './memory-streams.js';

/** A lost segment comes again after TCP's shortest timeout (RFC 6298 and Linux). */
const RESEND_MILLISECONDS = 205;

/** One datagram on its way. */
export interface Datagram {
  readonly from: string;
  readonly to: string;
  /** The message as text. */
  readonly text: string;
}

/** What happens to a datagram: how often it arrives, and when. Empty: lost. */
export type Fate = (datagram: Datagram) => readonly number[];

type Receive = (bytes: Buffer, from: { address: string; port: number }) => void;

/**
 * UDP between user agents of one process, on a virtual clock, with loss, delay and doubles as a test wants; and TCP, where
 * what would be lost comes later instead, and nothing comes twice.
 */
export class MemoryNetwork implements Network {
  readonly log: Datagram[] = [];
  /** Milliseconds of delay for each copy. */
  fate: Fate = () => [5];
  /** Where else a datagram goes, as if a stateless proxy forked it. */
  alsoTo: (datagram: Datagram) => readonly string[] = () => [];
  /** What becomes of the octets of a datagram on their way. */
  alter: (bytes: Buffer) => Buffer = (bytes) => bytes;
  /** The chunks that octets of a stream arrive in. */
  cut: (bytes: Buffer) => readonly Buffer[] = (bytes) => [bytes];
  /** Whether somebody takes TCP connections at `address:port`: a phone behind a NAT does not. */
  takesConnections: (to: string) => boolean = () => true;
  /** Milliseconds until a connection to `address:port` stands; endless where a firewall drops what asks for it. */
  handshake: (to: string) => number = () => 5;
  private readonly bound = new Map<string, Receive>();
  private readonly streams: MemoryStreams;

  constructor(private readonly clock: Clock) {
    this.streams = new MemoryStreams(clock, {
      delay: (bytes) => this.fate({ from: 'tcp', to: 'tcp', text: bytes.toString('utf8') })[0] ?? RESEND_MILLISECONDS,
      cut: (bytes) => this.cut(bytes),
      accepts: (to) => this.takesConnections(to),
      handshake: (to) => this.handshake(to),
    });
  }

  /** Breaks every TCP connection now. */
  breakStreams(): void {
    this.streams.breakAll();
  }

  /** Messages on the wire whose first line starts so. */
  sent(startLine: string): Datagram[] {
    return this.log.filter(({ text }) => text.startsWith(startLine));
  }

  listen(address: ListenAddress, context: TransportContext): Promise<Transport> {
    if (address.protocol === 'tcp') return Promise.resolve(this.streams.listen(address, this.logging(context)));
    const limits = {
      maxHeadBytes: context.limits.maxMessageBytes,
      maxHeaders: context.limits.maxHeaders,
      maxBodyBytes: context.limits.maxBodyBytes,
    };
    const flow = (remoteAddress: string, remotePort: number): SipFlow =>
      this.flow({ localAddress: address.host, localPort: address.port, remoteAddress, remotePort }, context);
    this.bound.set(hostPort(address.host, address.port), (bytes, from) =>
      receiveDatagram(bytes, flow(from.address, from.port), { receiver: context.receiver, limits }),
    );
    return Promise.resolve({
      address,
      connections: 0,
      flowTo: flow,
      findFlow: flow,
      close: () => {
        this.bound.delete(hostPort(address.host, address.port));
        return Promise.resolve();
      },
    });
  }

  webSockets(host: string): WebSocketTransport {
    return {
      address: { protocol: 'ws', host, port: 0 },
      connections: 0,
      accept: () => undefined,
      flowTo: () => undefined,
      findFlow: () => undefined,
      close: () => Promise.resolve(),
    };
  }

  /** A peer without a stack: a test writes its messages. */
  attach(
    address: string,
    port: number,
    receive: (text: string) => void,
  ): (text: string, to: string, encoding?: 'utf8' | 'latin1') => void {
    this.bound.set(hostPort(address, port), (bytes) => receive(bytes.toString('utf8')));
    return (text, to, encoding = 'utf8') =>
      this.carry(Buffer.from(text.replace(/\r?\n/g, '\r\n'), encoding), hostPort(address, port), to);
  }

  /** What leaves over TCP is in the log too. */
  private logging(context: TransportContext): TransportContext {
    return {
      ...context,
      sent: (bytes, flow) => {
        const from = hostPort(flow.localAddress, flow.localPort);
        this.log.push({ from, to: hostPort(flow.remoteAddress, flow.remotePort), text: bytes.toString('utf8') });
        context.sent(bytes, flow);
      },
    };
  }

  private carry(bytes: Buffer, from: string, to: string): void {
    const datagram = { from, to, text: bytes.toString('utf8') };
    this.log.push(datagram);
    for (const target of [to, ...this.alsoTo(datagram)]) this.deliver(bytes, datagram, target);
  }

  private deliver(bytes: Buffer, datagram: Datagram, to: string): void {
    const { from } = datagram;
    for (const delay of this.fate(datagram)) {
      this.clock.setTimeout(() => {
        const separator = from.lastIndexOf(':');
        const source = { address: from.slice(0, separator), port: Number(from.slice(separator + 1)) };
        this.bound.get(to)?.(Buffer.from(this.alter(bytes)), source);
      }, delay);
    }
  }

  private flow(
    ends: { localAddress: string; localPort: number; remoteAddress: string; remotePort: number },
    context: TransportContext,
  ): SipFlow {
    const flow: SipFlow = {
      ...ends,
      protocol: 'udp',
      reliable: false,
      open: true,
      id: flowId({ ...ends, protocol: 'udp' }),
      peerIdentities: [],
      onClosed: () => () => undefined,
      // The virtual network has no keep-alives: a peer of it is never lost.
      keepAlive: () => () => undefined,
      send: (bytes) => {
        context.sent(bytes, flow);
        const { localAddress, localPort, remoteAddress, remotePort } = ends;
        this.carry(bytes, hostPort(localAddress, localPort), hostPort(remoteAddress, remotePort));
      },
    };
    return flow;
  }
}
