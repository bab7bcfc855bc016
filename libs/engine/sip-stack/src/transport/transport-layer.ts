import { isIPv6 } from 'node:net';
import type { WebSocket } from 'ws';
import { bracketHost, escapeUser } from '@carillon/sip-message';
import type { Flow, TransportProtocol } from '../api/flow.js';
import type { ListenAddress } from '../api/user-agent.js';
import { Connection } from './connection.js';
import type { Network, Transport, TransportContext, UnwantedPeer, WebSocketTransport } from './network.js';
import { OwnAddress } from './own-address.js';
import { parseFlowId } from './sip-flow.js';
import type { SipFlow } from './sip-flow.js';

/** Transport names as Via writes them. */
const VIA_NAMES = { udp: 'UDP', tcp: 'TCP', tls: 'TLS', ws: 'WS', wss: 'WSS' } as const;
/** And URIs: RFC 7118 §4.2.1 has `ws` alone; UDP is what no parameter means. */
const URI_PARAMETERS = {
  udp: '',
  tcp: ';transport=tcp',
  tls: ';transport=tls',
  ws: ';transport=ws',
  wss: ';transport=ws',
};

/** All transports of one user agent: finds flows and knows our own addresses. */
export class TransportLayer {
  private readonly all: readonly Transport[];
  private readonly byProtocol: ReadonlyMap<TransportProtocol, readonly Transport[]>;
  private readonly ownAddress: OwnAddress;
  private lastSentBy: { readonly host: string; readonly port: number | undefined; readonly text: string } | undefined;

  private constructor(
    private readonly transports: readonly Transport[],
    private readonly handedOver: WebSocketTransport,
    options: { context: TransportContext; advertisedAddress: string | undefined },
  ) {
    this.all = [...transports, handedOver];
    const byProtocol = new Map<TransportProtocol, Transport[]>();
    for (const transport of this.all) {
      const { protocol } = transport.address;
      byProtocol.set(protocol, [...(byProtocol.get(protocol) ?? []), transport]);
    }
    this.byProtocol = byProtocol;
    this.ownAddress = new OwnAddress(options.context.clock, options.advertisedAddress);
  }

  /** @throws Error with the system's code when an address cannot be bound; what was bound before is closed again */
  static async open(
    listen: readonly ListenAddress[],
    network: Network,
    options: { context: TransportContext; advertisedAddress: string | undefined },
  ): Promise<TransportLayer> {
    const transports: Transport[] = [];
    try {
      for (const address of listen) transports.push(await network.listen(address, options.context));
    } catch (error) {
      await Promise.all(transports.map((transport) => transport.close()));
      throw error;
    }
    const host = transports[0]?.address.host ?? '127.0.0.1';
    const handedOver = network.webSockets(host, options.context);
    return new TransportLayer(transports, handedOver, options);
  }

  get addresses(): ListenAddress[] {
    return this.transports.map((transport) => transport.address);
  }

  get connections(): number {
    return this.all.reduce((sum, transport) => sum + transport.connections, 0);
  }

  /** @returns how many connections were closed */
  shed(unwanted: UnwantedPeer, reason: string): number {
    return this.all.reduce((sum, transport) => sum + (transport.shed?.(unwanted, reason) ?? 0), 0);
  }

  acceptWebSocket(socket: WebSocket, remote: { address: string; port: number }): SipFlow | undefined {
    return this.handedOver.accept(socket, remote);
  }

  /**
   * A way to this address; a connection may still be opening. The local socket is the first of the address's family.
   * @param serverName host of the URI that led here, for TLS
   */
  flowTo(protocol: TransportProtocol, address: string, port: number, serverName?: string): SipFlow | undefined {
    const transports = this.byProtocol.get(protocol);
    if (transports === undefined) return undefined;
    for (const transport of transports) {
      const flow = transport.flowTo(address, port, serverName);
      if (flow !== undefined) return flow;
    }
    return undefined;
  }

  /** Whether we can dial addresses of this family; browsers cannot be dialled. */
  reaches(protocol: TransportProtocol, family: 4 | 6): boolean {
    if (protocol === 'ws' || protocol === 'wss') return false;
    const transports = this.byProtocol.get(protocol);
    return transports?.some(({ address }) => isIPv6(address.host) === (family === 6)) === true;
  }

  /** Calls back when nobody listens on a UDP port; see {@link Transport.probe}. @returns ends the asking */
  probe(address: string, port: number, refused: (error: Error) => void): () => void {
    const family = isIPv6(address);
    const transport = this.byProtocol.get('udp')?.find(({ address: own }) => isIPv6(own.host) === family);
    return transport?.probe?.(address, port, refused) ?? (() => undefined);
  }

  findFlow(id: string): SipFlow | undefined {
    const parts = parseFlowId(id);
    if (parts === undefined) return undefined;
    for (const transport of this.byProtocol.get(parts.protocol) ?? []) {
      if (transport.address.port !== parts.localPort) continue;
      const flow = transport.findFlow(parts.remoteAddress, parts.remotePort);
      if (flow !== undefined) return flow;
    }
    return undefined;
  }

  /** The way behind a flow that was given out, where it is still there. */
  wayOf(flow: Flow): SipFlow | undefined {
    for (const transport of this.byProtocol.get(flow.protocol) ?? []) if (transport.owns?.(flow) === true) return flow;
    return this.findFlow(flow.id);
  }

  /**
   * Via value of a request that we send on this flow; rport is asked for (RFC 3581), and on TLS that we dialled, that
   * requests may come back on it (RFC 5923 §8.1).
   */
  via(flow: SipFlow, branch: string, sentBy = this.sentBy(flow)): string {
    const alias = flow.protocol === 'tls' && flow instanceof Connection && flow.outgoing ? ';alias' : '';
    return `SIP/2.0/${VIA_NAMES[flow.protocol]} ${sentBy};rport${alias};branch=${branch}`;
  }

  /** Whom the responses to what we send on this flow are for, as our Via says it, in lower case. */
  sentBy(flow: SipFlow): string {
    const { host, port } = this.localHostPort(flow.protocol, flow);
    const { lastSentBy: last } = this;
    // Nearly all goes from one address: its text is made once.
    if (last !== undefined && last.host === host && last.port === port) return last.text;
    const text = `${bracketHost(host)}${port === undefined ? '' : `:${port}`}`.toLowerCase();
    this.lastSentBy = { host, port, text };
    return text;
  }

  /** Our Contact URI, as the peer behind this flow (or any peer of this protocol) should dial it. */
  contactUri(protocol: TransportProtocol, user?: string, flow?: SipFlow): string {
    const { host, port } = this.localHostPort(protocol, flow);
    const userPart = user === undefined ? '' : `${escapeUser(user)}@`;
    const portPart = port === undefined ? '' : `:${port}`;
    return `sip:${userPart}${bracketHost(host)}${portPart}${URI_PARAMETERS[protocol]}`;
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((transport) => transport.close()));
  }

  private localHostPort(
    protocol: TransportProtocol,
    flow: SipFlow | undefined,
  ): { host: string; port: number | undefined } {
    const listening = flow === undefined ? this.byProtocol.get(protocol)?.[0] : undefined;
    const own = flow?.localAddress ?? listening?.address.host ?? this.handedOver.address.host;
    const host = this.ownAddress.towards(own, flow?.remoteAddress);
    const port = flow?.localPort ?? listening?.address.port;
    return { host, port: port === 0 ? undefined : port };
  }
}
