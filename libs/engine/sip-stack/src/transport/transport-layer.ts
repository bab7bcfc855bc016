import type { WebSocket } from 'ws';
import { bracketHost, buildVia, escapeUser, Parameters } from '@carillon/sip-message';
import type { TransportProtocol } from '../api/flow.js';
import type { ListenAddress } from '../api/user-agent.js';
import type { Network, Transport, TransportContext, WebSocketTransport } from './network.js';
import { reachableAddress } from './reachable-address.js';
import { parseFlowId } from './sip-flow.js';
import type { SipFlow } from './sip-flow.js';

/** Transport names as Via and URIs write them. */
const VIA_NAMES = { udp: 'UDP', tcp: 'TCP', ws: 'WS' } as const;

/** All transports of one user agent: finds flows and knows our own addresses. */
export class TransportLayer {
  private constructor(
    private readonly transports: readonly Transport[],
    private readonly handedOver: WebSocketTransport,
    private readonly advertisedAddress: string | undefined,
  ) {}

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
    return new TransportLayer(transports, handedOver, options.advertisedAddress);
  }

  get addresses(): ListenAddress[] {
    return this.transports.map((transport) => transport.address);
  }

  get connections(): number {
    return this.all().reduce((sum, transport) => sum + transport.connections, 0);
  }

  acceptWebSocket(socket: WebSocket, remote: { address: string; port: number }): SipFlow | undefined {
    return this.handedOver.accept(socket, remote);
  }

  /** A way to this address; for TCP it may still be opening. */
  flowTo(protocol: TransportProtocol, address: string, port: number): SipFlow | undefined {
    for (const transport of this.all()) {
      if (transport.address.protocol !== protocol) continue;
      const flow = transport.flowTo(address, port);
      if (flow !== undefined) return flow;
    }
    return undefined;
  }

  findFlow(id: string): SipFlow | undefined {
    const parts = parseFlowId(id);
    if (parts === undefined) return undefined;
    for (const transport of this.all()) {
      const { protocol, port } = transport.address;
      if (protocol !== parts.protocol || port !== parts.localPort) continue;
      const flow = transport.findFlow(parts.remoteAddress, parts.remotePort);
      if (flow !== undefined) return flow;
    }
    return undefined;
  }

  /** Via value of a request that we send on this flow; rport is asked for (RFC 3581). */
  via(flow: SipFlow, branch: string): string {
    const { host, port } = this.localHostPort(flow.protocol, flow);
    const parameters = new Parameters(`;rport;branch=${branch}`);
    return buildVia({ transport: VIA_NAMES[flow.protocol], host, port, parameters });
  }

  /** Our Contact URI, as the peer behind this flow (or any peer of this protocol) should dial it. */
  contactUri(protocol: TransportProtocol, user?: string, flow?: SipFlow): string {
    const { host, port } = this.localHostPort(protocol, flow);
    const userPart = user === undefined ? '' : `${escapeUser(user)}@`;
    const transport = protocol === 'udp' ? '' : `;transport=${protocol}`;
    return `sip:${userPart}${bracketHost(host)}${port === undefined ? '' : `:${port}`}${transport}`;
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((transport) => transport.close()));
  }

  private localHostPort(
    protocol: TransportProtocol,
    flow: SipFlow | undefined,
  ): { host: string; port: number | undefined } {
    const listening = this.transports.find(({ address }) => address.protocol === protocol);
    const own = flow?.localAddress ?? listening?.address.host ?? this.handedOver.address.host;
    const host = this.advertisedAddress ?? reachableAddress(own, flow?.remoteAddress);
    const port = flow?.localPort ?? listening?.address.port;
    return { host, port: port === 0 ? undefined : port };
  }

  private all(): Transport[] {
    return [...this.transports, this.handedOver];
  }
}
