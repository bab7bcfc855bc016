import { ownText, parseJoin, parseMessage, parseReplaces } from '@carillon/sip-message';
import type { SipMessage, SipRequest } from '@carillon/sip-message';
import type { ListenAddress } from '../api/user-agent.js';
import { messageLimits } from '../transport/message-limits.js';
import type { Network, Transport, TransportContext, WebSocketTransport } from '../transport/network.js';
import { hostPort, parseFlowId } from '../transport/sip-flow.js';
import type { SipFlow } from '../transport/sip-flow.js';
import { LateFrames } from './late-frames.js';
import { MovedCalls } from './moved-calls.js';
import { workerOf } from './pinning.js';
import type { HandOverFrame, HandOverKind, Pinning } from './pinning.js';
import { RemoteFlow } from './remote-flow.js';
import { RemoteWatches } from './remote-watches.js';

/** Connections of other workers that are remembered at most; the oldest go. */
const MAX_REMOTE_FLOWS = 100_000;
const NOTHING: Buffer = Buffer.alloc(0);

/**
 * A network that workers share: each takes what arrives at it, keeps the calls that are its own, and hands over the
 * rest. UDP leaves by the shared socket; a connection belongs to the worker that accepted it, and the others write to
 * it through that one.
 *
 * ```text
 *  packet ─► any worker ─ Call-ID is ours ─┬───────────────────────────► transactions
 *                      │                   └─ takes over a dialog (Replaces, Join) of another worker, or is better
 *                      │                      off there ──► hand over, and remember
 *                      └─ another's ───────► hand over ─► its worker ──► transactions
 *                                            (or whoever ends its calls while it is started again)
 * ```
 */
export class PinnedNetwork implements Network {
  private readonly transports: Transport[] = [];
  private readonly remote = new Map<string, RemoteFlow>();
  /** Our own connections that the others know of. */
  private readonly told = new Map<string, SipFlow>();
  private readonly calls = new MovedCalls();
  private readonly watches: RemoteWatches;
  private readonly late: LateFrames;
  private context: TransportContext | undefined;
  /** While a message of another worker leaves by a connection of ours: it was seen there. */
  private relaying = false;

  constructor(
    private readonly inner: Network,
    private readonly pinning: Pinning,
  ) {
    this.watches = new RemoteWatches((worker, frame) => pinning.handOver.send(worker, frame, true), pinning.worker);
    this.late = new LateFrames(() => this.context?.clock.now() ?? 0);
  }

  async listen(address: ListenAddress, context: TransportContext): Promise<Transport> {
    const transport = await this.inner.listen(address, this.pinned(context));
    this.transports.push(transport);
    this.begin(context);
    const find = this.finder(transport);
    const { probe, shed } = transport;
    return {
      address: transport.address,
      get connections() {
        return transport.connections;
      },
      findFlow: find,
      // Whom a TLS connection leads to was checked against a name: only its own transport knows against which.
      flowTo: (host, port, serverName) =>
        transport.address.protocol === 'tls' && serverName !== undefined
          ? transport.flowTo(host, port, serverName)
          : (find(host, port) ?? transport.flowTo(host, port, serverName)),
      ...(probe === undefined ? {} : { probe: probe.bind(transport) }),
      ...(shed === undefined ? {} : { shed: shed.bind(transport) }),
      close: () => transport.close(),
    };
  }

  /** WebSockets that were handed to this process are its own connections like any other. */
  webSockets(host: string, context: TransportContext): WebSocketTransport {
    const transport = this.inner.webSockets(host, this.pinned(context));
    this.transports.push(transport);
    const find = this.finder(transport);
    const { shed } = transport;
    return {
      address: transport.address,
      get connections() {
        return transport.connections;
      },
      ...(shed === undefined ? {} : { shed: shed.bind(transport) }),
      accept: transport.accept.bind(transport),
      findFlow: find,
      flowTo: find,
      close: () => transport.close(),
    };
  }

  keepCall(callId: string): void {
    const { worker: own, workers, handOver } = this.pinning;
    const owner = workerOf(callId, workers);
    if (owner === own) {
      this.calls.back(callId);
      return;
    }
    this.calls.keep(callId);
    // While its own worker is away, whoever gets something of the call has to know.
    if (this.late.isAway(owner)) this.broadcast('keeps', callId);
    else handOver.send(owner, { kind: 'keeps', id: callId, holder: own, bytes: NOTHING }, true);
  }

  moveCall(callId: string, worker: number): void {
    this.calls.moved(callId, worker);
  }

  /** With the first address: before, there is nothing to hand a frame to. */
  private begin(context: TransportContext): void {
    if (this.context !== undefined) return;
    this.context = context;
    const { handOver } = this.pinning;
    handOver.onMember((worker, state) => (state === 'here' ? this.welcome(worker) : this.forget(worker)));
    handOver.receive((from, frame) => this.take(from, frame));
  }

  private pinned(context: TransportContext): TransportContext {
    const receiver = {
      message: (message: SipMessage, flow: SipFlow): void => {
        if (flow.reliable) this.tell(flow);
        this.route(message, flow, context);
      },
      malformed: context.receiver.malformed.bind(context.receiver),
    };
    return {
      ...context,
      receiver,
      sent: (bytes, flow) => {
        if (!this.relaying) context.sent(bytes, flow);
      },
      keptAlive: (flow, bytes) => this.broadcast('heard', flow.id, bytes),
    };
  }

  /** To the worker that has the call. */
  private route(message: SipMessage, flow: SipFlow, context: TransportContext): void {
    const { worker: own, workers } = this.pinning;
    const callId = message.callId ?? '';
    const owner = workerOf(callId, workers);
    if (owner !== own) {
      const holder = this.late.isAway(owner) ? this.calls.whereIs(callId) : undefined;
      if (this.calls.isKept(callId)) context.receiver.message(message, flow);
      else if (holder !== undefined) this.handOver('moved', holder, message, flow);
      else this.handOver('received', owner, message, flow);
      return;
    }
    const away = this.calls.whereIs(callId) ?? this.betterPlace(message, flow);
    if (away === undefined || away === own) {
      context.receiver.message(message, flow);
      return;
    }
    this.calls.moved(ownText(callId), away);
    this.handOver('moved', away, message, flow);
  }

  /** A new call that takes over or joins a dialog has to be where that dialog is (RFC 3891 §3, RFC 3911 §4). */
  private betterPlace(message: SipMessage, flow: SipFlow): number | undefined {
    if (!isBeginning(message)) return undefined;
    const named = namedCall(message);
    if (named === undefined) {
      const preferred = this.pinning.prefer?.(message, flow);
      return preferred === undefined || this.late.isAway(preferred) ? undefined : preferred;
    }
    const { worker: own, workers } = this.pinning;
    const owner = workerOf(named, workers);
    return owner === own ? (this.calls.whereIs(named) ?? own) : owner;
  }

  private handOver(kind: 'received' | 'moved', worker: number, message: SipMessage, flow: SipFlow): void {
    const holder = flow instanceof RemoteFlow ? flow.holder.worker : this.pinning.worker;
    const frame = { kind, id: flow.id, holder, bytes: message.bytes };
    // What came over a connection is not repeated: it waits for a worker that is being started again.
    if (flow.reliable && this.late.keep(worker, frame)) return;
    // What the peer has proved goes ahead by the sure way, and must not be overtaken.
    this.pinning.handOver.send(worker, frame, flow.peerIdentities.length > 0);
  }

  /** The others may have to write to this connection: a phone behind it has only that. */
  private tell(flow: SipFlow): void {
    const { id } = flow;
    if (this.told.has(id)) return;
    this.told.set(id, flow);
    this.broadcast('opened', id, identitiesOf(flow));
    flow.onClosed(() => {
      this.told.delete(id);
      this.broadcast('closed', id);
    });
  }

  private broadcast(kind: HandOverKind, id: string, bytes = NOTHING): void {
    const { worker: own, workers, handOver } = this.pinning;
    for (let worker = 0; worker < workers; worker++)
      if (worker !== own) handOver.send(worker, { kind, id, holder: own, bytes }, kind !== 'heard');
  }

  /** A worker that has just begun knows nothing of what there is. */
  private welcome(worker: number): void {
    const { worker: own, workers, handOver } = this.pinning;
    const late = this.late.back(worker);
    for (const [id, flow] of this.told)
      handOver.send(worker, { kind: 'opened', id, holder: own, bytes: identitiesOf(flow) }, true);
    for (const callId of this.calls.keptCalls)
      if (workerOf(callId, workers) === worker)
        handOver.send(worker, { kind: 'keeps', id: callId, holder: own, bytes: NOTHING }, true);
    for (const frame of late) handOver.send(worker, frame, true);
  }

  /** A worker that ended has taken its connections with it; it goes on with its calls when it is back, or knows nothing of them. */
  private forget(worker: number): void {
    this.watches.gone(worker);
    this.late.away(worker);
    for (const [key, flow] of this.remote) {
      if (flow.holder.worker !== worker) continue;
      this.remote.delete(key);
      flow.closed();
    }
  }

  private take(from: number, frame: HandOverFrame): void {
    switch (frame.kind) {
      case 'received':
      case 'moved':
        return this.received(frame);
      case 'send':
        return this.relay(from, frame);
      case 'heard':
        return this.heard(frame);
      case 'opened':
        this.remoteFlow(frame.id, from, frame.bytes);
        return undefined;
      case 'closed':
        return this.closed(from, frame.id);
      case 'watch':
      case 'unwatch':
      case 'dead':
        return this.watches.take(from, frame, this.ownFlow(frame.id));
      case 'keeps':
        return this.calls.moved(frame.id, from);
    }
  }

  private received({ kind, id, holder, bytes }: HandOverFrame): void {
    const { context } = this;
    if (context === undefined) return;
    const result = parseMessage(bytes, { framing: 'datagram', limits: messageLimits(context.limits) });
    const own = id.startsWith('udp:') || holder === this.pinning.worker;
    const flow = own ? this.ownFlow(id) : this.remoteFlow(id, holder);
    if (!result.ok || flow === undefined) return;
    if (kind === 'received') this.route(result.message, flow, context);
    else this.receivedMoved(result.message, flow, context);
  }

  /** Kept here, unless the dialog that it names was moved on itself. */
  private receivedMoved(message: SipMessage, flow: SipFlow, context: TransportContext): void {
    const callId = ownText(message.callId ?? '');
    const named = isBeginning(message) ? namedCall(message) : undefined;
    const on = this.calls.whereIs(callId) ?? (named === undefined ? undefined : this.calls.whereIs(named));
    if (on === undefined || on === this.pinning.worker) {
      this.calls.keep(callId);
      context.receiver.message(message, flow);
      return;
    }
    this.calls.moved(callId, on);
    this.handOver('moved', on, message, flow);
  }

  /** Another worker's message leaves by a connection of ours. */
  private relay(from: number, { id, bytes }: HandOverFrame): void {
    const flow = this.ownFlow(id);
    if (flow === undefined) {
      this.pinning.handOver.send(from, { kind: 'closed', id, holder: this.pinning.worker, bytes: NOTHING }, true);
      return;
    }
    this.relaying = true;
    try {
      flow.send(bytes);
    } finally {
      this.relaying = false;
    }
  }

  private heard({ id, bytes }: HandOverFrame): void {
    const parts = parseFlowId(id);
    if (parts === undefined) return;
    for (const transport of this.transports)
      if (transport.address.protocol === 'udp' && transport.address.port === parts.localPort)
        transport.heard?.(parts.remoteAddress, parts.remotePort, bytes);
  }

  private closed(worker: number, id: string): void {
    const key = keyOf(id);
    const flow = key === undefined ? undefined : this.remote.get(key);
    if (key === undefined || flow?.holder.worker !== worker) return;
    this.remote.delete(key);
    flow.closed();
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

  /** @param proved what is told of its peer when it opens */
  private remoteFlow(id: string, worker: number, proved?: Buffer): RemoteFlow | undefined {
    const parts = parseFlowId(id);
    const key = keyOf(id);
    const { context } = this;
    if (parts === undefined || key === undefined || context === undefined) return undefined;
    const known = this.remote.get(key);
    const usable = known?.id === id && known.open && known.holder.worker === worker;
    const flow = usable ? known : this.addRemote(id, key, worker);
    if (flow !== undefined && proved !== undefined) flow.peerIdentities = readIdentities(proved);
    return flow;
  }

  private addRemote(id: string, key: string, worker: number): RemoteFlow | undefined {
    const parts = parseFlowId(id);
    const { context } = this;
    if (parts === undefined || context === undefined) return undefined;
    const flow = new RemoteFlow(id, parts, {
      worker,
      write: (bytes, by) => {
        context.sent(bytes, by);
        this.pinning.handOver.send(worker, { kind: 'send', id, holder: worker, bytes });
      },
      watch: (_flow, options) => this.watches.want(worker, id, options),
    });
    this.remote.set(key, flow);
    const [oldest] = this.remote.keys();
    if (this.remote.size > MAX_REMOTE_FLOWS && oldest !== undefined) this.remote.delete(oldest);
    return flow;
  }

  private finder(transport: Transport): (address: string, port: number) => SipFlow | undefined {
    const { protocol } = transport.address;
    return (address, port) =>
      transport.findFlow(address, port) ?? this.remote.get(`${protocol}:${hostPort(address, port)}`);
  }
}

/** An INVITE outside any dialog. */
function isBeginning(message: SipMessage): message is SipRequest {
  return message.kind === 'request' && message.method === 'INVITE' && message.toTag === undefined;
}

/** The Call-ID of the dialog that an INVITE takes over (RFC 3891) or joins (RFC 3911). */
function namedCall(invite: SipRequest): string | undefined {
  const replaces = invite.header('Replaces');
  if (replaces !== undefined) return parseReplaces(replaces)?.callId;
  const join = invite.header('Join');
  return join === undefined ? undefined : parseJoin(join)?.callId;
}

/** `tcp:10.0.0.7:5062` */
function keyOf(id: string): string | undefined {
  const parts = parseFlowId(id);
  return parts === undefined ? undefined : `${parts.protocol}:${hostPort(parts.remoteAddress, parts.remotePort)}`;
}

function identitiesOf({ peerIdentities }: SipFlow): Buffer {
  return peerIdentities.length === 0 ? NOTHING : Buffer.from(JSON.stringify(peerIdentities));
}

function readIdentities(bytes: Buffer): readonly string[] {
  if (bytes.length === 0) return [];
  const names: unknown = JSON.parse(bytes.toString());
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}
