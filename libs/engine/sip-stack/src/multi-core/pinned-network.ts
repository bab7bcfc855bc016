import { parseMessage } from '@carillon/sip-message';
import type { SipMessage } from '@carillon/sip-message';
import type { ListenAddress } from '../api/user-agent.js';
import { messageLimits } from '../transport/message-limits.js';
import type { Network, Transport, TransportContext, WebSocketTransport } from '../transport/network.js';
import { hostPort, parseFlowId } from '../transport/sip-flow.js';
import type { SipFlow } from '../transport/sip-flow.js';
import { workerOf } from './pinning.js';
import type { HandOverFrame, Pinning } from './pinning.js';
import { RemoteFlow } from './remote-flow.js';

/** Connections of other workers that are remembered at most; the oldest go. */
const MAX_REMOTE_FLOWS = 100_000;

/**
 * A network that workers share: each takes what arrives at it, keeps the calls that are its own, and hands over the
 * rest. UDP leaves by the shared socket; a connection belongs to the worker that accepted it, and the others write to
 * it through that one.
 *
 * ```text
 *  packet ─► any worker ─ Call-ID is ours ─► transactions
 *                      └─ another's ───────► hand over ─► its worker ─► transactions
 * ```
 */
export class PinnedNetwork implements Network {
  private readonly transports: Transport[] = [];
  private readonly remote = new Map<string, { flow: RemoteFlow; worker: number }>();
  /** Ids of our own connections that the others know of. */
  private readonly told = new Set<string>();
  private context: TransportContext | undefined;

  constructor(
    private readonly inner: Network,
    private readonly pinning: Pinning,
  ) {
    pinning.handOver.receive((from, frame) => this.take(from, frame));
  }

  async listen(address: ListenAddress, context: TransportContext): Promise<Transport> {
    this.context ??= context;
    const transport = await this.inner.listen(address, this.pinned(context));
    this.transports.push(transport);
    return this.withRemote(transport);
  }

  /** WebSockets that were handed to this process are its own connections like any other. */
  webSockets(host: string, context: TransportContext): WebSocketTransport {
    const transport = this.inner.webSockets(host, this.pinned(context));
    this.transports.push(transport);
    return transport;
  }

  private pinned(context: TransportContext): TransportContext {
    const receiver = {
      message: (message: SipMessage, flow: SipFlow): void => {
        const owner = workerOf(message.callId ?? '', this.pinning.workers);
        if (flow.reliable) this.tell(flow);
        if (owner === this.pinning.worker) context.receiver.message(message, flow);
        else this.pinning.handOver.send(owner, { kind: 'received', flowId: flow.id, bytes: message.bytes });
      },
      malformed: context.receiver.malformed.bind(context.receiver),
    };
    return { ...context, receiver };
  }

  /** The others may have to write to this connection: a phone behind it has only that. */
  private tell(flow: SipFlow): void {
    const { id } = flow;
    if (this.told.has(id)) return;
    this.told.add(id);
    this.broadcast({ kind: 'opened', flowId: id });
    flow.onClosed(() => {
      this.told.delete(id);
      this.broadcast({ kind: 'closed', flowId: id });
    });
  }

  private broadcast(frame: HandOverFrame): void {
    for (let worker = 0; worker < this.pinning.workers; worker++) {
      if (worker !== this.pinning.worker) this.pinning.handOver.send(worker, frame);
    }
  }

  private take(from: number, frame: HandOverFrame): void {
    switch (frame.kind) {
      case 'received':
        return this.received(from, frame);
      case 'send':
        this.ownFlow(frame.flowId)?.send(frame.bytes);
        return undefined;
      case 'opened':
        this.remoteFlow(frame.flowId, from);
        return undefined;
      case 'closed': {
        const parts = parseFlowId(frame.flowId);
        const key = parts === undefined ? '' : `${parts.protocol}:${hostPort(parts.remoteAddress, parts.remotePort)}`;
        this.remote.get(key)?.flow.closed();
        this.remote.delete(key);
        return undefined;
      }
    }
  }

  private received(from: number, { flowId, bytes }: { flowId: string; bytes: Buffer }): void {
    const { context } = this;
    if (context === undefined) return;
    const result = parseMessage(bytes, { framing: 'datagram', limits: messageLimits(context.limits) });
    const flow = flowId.startsWith('udp:') ? this.ownFlow(flowId) : this.remoteFlow(flowId, from);
    if (result.ok && flow !== undefined) context.receiver.message(result.message, flow);
  }

  private ownFlow(id: string): SipFlow | undefined {
    const parts = parseFlowId(id);
    if (parts === undefined) return undefined;
    for (const transport of this.transports) {
      const { protocol, port } = transport.address;
      if (protocol !== parts.protocol || (port !== parts.localPort && port !== 0)) continue;
      const flow = transport.findFlow(parts.remoteAddress, parts.remotePort);
      if (flow !== undefined) return flow;
    }
    return undefined;
  }

  private remoteFlow(id: string, worker: number): RemoteFlow | undefined {
    const parts = parseFlowId(id);
    const { context } = this;
    if (parts === undefined || context === undefined) return undefined;
    const key = `${parts.protocol}:${hostPort(parts.remoteAddress, parts.remotePort)}`;
    const known = this.remote.get(key);
    if (known?.flow.id === id && known.flow.open) return known.flow;
    const local = this.transports.find(({ address }) => address.protocol === parts.protocol);
    const flow = new RemoteFlow(id, { ...parts, localAddress: local?.address.host ?? '' }, (bytes, by) => {
      context.sent(bytes, by);
      this.pinning.handOver.send(worker, { kind: 'send', flowId: id, bytes });
    });
    this.remote.set(key, { flow, worker });
    const [oldest] = this.remote.keys();
    if (this.remote.size > MAX_REMOTE_FLOWS && oldest !== undefined) this.remote.delete(oldest);
    return flow;
  }

  private withRemote(transport: Transport): Transport {
    const remote = this.remote;
    const { protocol } = transport.address;
    const find = (address: string, port: number): SipFlow | undefined =>
      transport.findFlow(address, port) ?? remote.get(`${protocol}:${hostPort(address, port)}`)?.flow;
    return {
      address: transport.address,
      get connections() {
        return transport.connections;
      },
      findFlow: find,
      flowTo: (address, port, serverName) => find(address, port) ?? transport.flowTo(address, port, serverName),
      close: () => transport.close(),
    };
  }
}
