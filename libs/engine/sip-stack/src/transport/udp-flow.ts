import type { Socket } from 'node:dgram';
import type { KeepAliveOptions } from '../api/flow.js';
import type { ListenAddress } from '../api/user-agent.js';
import { KeepAlive } from './keep-alive.js';
import type { TransportContext } from './network.js';
import { hostPort, withoutZone } from './sip-flow.js';
import type { SipFlow } from './sip-flow.js';
import { StunQuestions } from './stun-questions.js';

const NOTHING: readonly string[] = [];

/** What all flows of one UDP socket share, so that a flow is three fields: one is made for each datagram. */
export class UdpPort {
  readonly questions: StunQuestions;
  /** What the ids of all its flows begin with. */
  private readonly ownId: string;
  /** Who wants to know of signs from a peer, by its address and port. */
  private readonly listeners = new Map<string, Map<number, Set<() => void>>>();

  constructor(
    readonly socket: Socket,
    readonly local: ListenAddress,
    readonly context: TransportContext,
  ) {
    this.questions = new StunQuestions(context);
    this.ownId = `udp:${hostPort(local.host, local.port)}-`;
  }

  /** As {@link flowId} writes it. */
  idTowards(address: string, port: number): string {
    return this.ownId + hostPort(address, port);
  }

  heard(address: string, port: number): void {
    if (this.listeners.size === 0) return;
    const callbacks = this.listeners.get(address)?.get(port);
    if (callbacks !== undefined) for (const callback of callbacks) callback();
  }

  onHeard(address: string, port: number, callback: () => void): () => void {
    let ports = this.listeners.get(address);
    if (ports === undefined) this.listeners.set(address, (ports = new Map<number, Set<() => void>>()));
    let callbacks = ports.get(port);
    if (callbacks === undefined) ports.set(port, (callbacks = new Set()));
    const [knownPorts, knownCallbacks] = [ports, callbacks];
    knownCallbacks.add(callback);
    return () => {
      knownCallbacks.delete(callback);
      if (knownCallbacks.size === 0) knownPorts.delete(port);
      if (knownPorts.size === 0) this.listeners.delete(address);
    };
  }

  close(): void {
    this.questions.close();
    this.listeners.clear();
  }
}

/** A UDP socket and one remote address. */
export class UdpFlow implements SipFlow {
  /** @param destination with its zone, where it is a link-local address */
  constructor(
    private readonly port: UdpPort,
    readonly destination: string,
    readonly remotePort: number,
  ) {}

  isOf(port: UdpPort): boolean {
    return this.port === port;
  }

  get protocol(): 'udp' {
    return 'udp';
  }

  get reliable(): false {
    return false;
  }

  get open(): true {
    return true;
  }

  get localAddress(): string {
    return this.port.local.host;
  }

  get localPort(): number {
    return this.port.local.port;
  }

  get remoteAddress(): string {
    return withoutZone(this.destination);
  }

  get peerIdentities(): readonly string[] {
    return NOTHING;
  }

  get id(): string {
    return this.port.idTowards(this.destination, this.remotePort);
  }

  onClosed(): () => void {
    return () => undefined;
  }

  keepAlive(options: KeepAliveOptions): () => void {
    const { port, destination, remotePort } = this;
    const remote = hostPort(destination, remotePort);
    const watched = {
      ask: (answered: (dead: string | undefined) => void) =>
        port.questions.ask(remote, (bytes) => this.write(bytes), answered),
      onHeard: (callback: () => void) => port.onHeard(destination, remotePort, callback),
      onClosed: () => () => undefined,
      dead: () => port.questions.forgetPeer(remote),
    };
    const watch = new KeepAlive(watched, options, port.context);
    return () => {
      watch.stop();
      port.questions.forgetPeer(remote);
    };
  }

  send(bytes: Buffer, failed?: (error: Error) => void): void {
    this.port.context.sent(bytes, this);
    this.write(bytes, failed);
  }

  /** As `send`, for what is no SIP message. */
  write(bytes: Buffer, failed?: (error: Error) => void): void {
    try {
      if (failed === undefined) this.port.socket.send(bytes, this.remotePort, this.destination);
      else {
        this.port.socket.send(bytes, this.remotePort, this.destination, (error) => {
          if (error !== null) failed(error);
        });
      }
    } catch (error) {
      // A closed socket or port 0 throws at once; senders expect to hear of it later.
      if (failed !== undefined) queueMicrotask(() => failed(error instanceof Error ? error : new Error(String(error))));
    }
  }
}
