import { isIP } from 'node:net';
import { parseSipOrSipsUri } from '@carillon/sip-message';
import type { HeaderLine, SipResponse } from '@carillon/sip-message';
import { isSecureTransport } from '../dialog/secure-hops.js';
import type { Clock } from '../clock.js';
import type { ServerLocator } from '../location/server-locator.js';
import type { Target } from '../location/target.js';
import type { ClientListener, ClientTransaction } from '../transaction/client-transaction.js';
import type { RequestDraft } from '../transaction/request-draft.js';
import type { TransactionLayer } from '../transaction/transaction-layer.js';
import { hostPort } from '../transport/sip-flow.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { TransportLayer } from '../transport/transport-layer.js';
import { LeftServer } from './left-server.js';

/** Requests longer than this go over TCP when the peer takes it: fragments get lost (RFC 3261 §18.1.1). */
const MAX_UDP_REQUEST_BYTES = 1300;
/**
 * A connection that does not open within this is left for the next way (§18.1.1, RFC 3263 §4.3): a firewall that drops SYNs says
 * nothing, and callers give up before the connection does.
 */
const CONNECT_MILLISECONDS_WITH_OTHERS = 2000;
/** Via, which is added later. */
const VIA_BYTES = 100;

export interface Destination {
  /** Beats the URI while it is open. */
  readonly flow?: SipFlow | undefined;
  readonly nextHop: string;
  /** Tried when nothing else is left. */
  readonly otherwise?: SipFlow | undefined;
  /** Never over UDP when it is longer than 1300 octets, not even as the last way (RFC 3428 §8). */
  readonly congestionSafe?: boolean | undefined;
  /** Over TLS alone, whatever the next hop says of itself (RFC 3261 §26.2.2, RFC 5630 §5.1.1). */
  readonly secure?: boolean | undefined;
  /** The flow is as good as one of TLS, whatever it looks like. */
  readonly trustsFlow?: boolean | undefined;
  /** Servers of this family alone; that there are others is for who sends it to know. */
  readonly family?: 4 | 6 | undefined;
  /** Whoever sends it has servers of its own to try when these fail. */
  readonly elsewhere?: boolean | undefined;
  /** For a first answer, of all the servers together. */
  readonly answerWithinMilliseconds?: number | undefined;
}

/** One request on its way, which may change its transaction while next hops fail. */
export class SendingRequest {
  /** The INVITE's transaction, for CANCEL. */
  invite: ClientTransaction | undefined;
  flow: SipFlow | undefined;
  /** It was too long for some of the ways. */
  tooLarge = false;
  /** Set it, and no further server is tried: what is told next is the end. */
  abandoned = false;
}

/** One way to try: a flow that is there, or the server it leads to. */
interface Way {
  readonly target: Target | undefined;
  readonly open: () => SipFlow | undefined;
}

/** What a request takes along from one way to the next. */
interface Attempt {
  readonly draft: RequestDraft;
  /** Ways that are left. */
  readonly ways: Way[];
  /** Whoever sends it may have other ways: it wants to know soon that nobody is there. */
  readonly asks: boolean;
  /** It has: no connection is waited for. */
  readonly elsewhere: boolean;
  /** By when somebody has to answer, by the clock. */
  readonly answerBy: number | undefined;
  readonly listener: ClientListener;
  readonly sending: SendingRequest;
}

/**
 * Chooses the way of a request: flow, or server by RFC 3263; UDP or TCP by length; and the next server, in a new
 * transaction, when one does not answer, cannot be reached or says 503 (§4.3).
 */
export class RequestSender {
  private readonly transport: TransportLayer;
  private readonly transactions: TransactionLayer;
  private readonly locator: ServerLocator;
  private readonly clock: Clock;
  private readonly t1: number;

  constructor(parts: {
    readonly transport: TransportLayer;
    readonly transactions: TransactionLayer;
    readonly locator: ServerLocator;
    readonly clock: Clock;
    readonly t1: number;
  }) {
    this.transport = parts.transport;
    this.transactions = parts.transactions;
    this.locator = parts.locator;
    this.clock = parts.clock;
    this.t1 = parts.t1;
  }

  send(draft: RequestDraft, destination: Destination, listener: ClientListener): SendingRequest {
    const sending = new SendingRequest();
    const { answerWithinMilliseconds: within } = destination;
    const answerBy = within === undefined ? undefined : this.clock.now() + within;
    this.route(draft, destination, (ways, known) => {
      const { congestionSafe = false } = destination;
      const safe = congestionSafe ? ways.filter((way) => !this.wouldFragment(known ?? draft, way)) : ways;
      sending.tooLarge = safe.length < ways.length;
      // Given up while the servers were looked for.
      if (sending.abandoned) queueMicrotask(() => listener.transportError(new Error('Given up')));
      else
        this.tryNext({
          draft: known ?? draft,
          ways: safe,
          asks: destination.family !== undefined,
          elsewhere: destination.elsewhere === true,
          answerBy,
          listener,
          sending,
        });
    });
    return sending;
  }

  /** Sends an ACK of a 2xx: no transaction, no answer (§13.2.2.4). */
  sendAck(
    build: (flow: SipFlow) => Buffer,
    destination: Destination,
    sent: (bytes: Buffer, flow: SipFlow) => void,
  ): void {
    this.find(destination, (flow) => {
      if (flow === undefined) return;
      const bytes = build(flow);
      flow.send(bytes);
      sent(bytes, flow);
    });
  }

  /** The way to somebody that a message which is no new request goes by: at once where the flow is there. */
  find(destination: Destination, found: (flow: SipFlow | undefined) => void): void {
    this.route(undefined, destination, (ways) => {
      for (const way of ways) {
        const flow = way.open();
        if (flow !== undefined) {
          found(flow);
          return;
        }
      }
      found(undefined);
    });
  }

  /** Calls back with the ways to try, best first, and with the draft if something about it was worked out. */
  private route(
    draft: RequestDraft | undefined,
    to: Destination,
    done: (ways: Way[], draft?: RequestDraft) => void,
  ): void {
    const { flow, otherwise, secure = false, trustsFlow = false, family } = to;
    const isGood = (one: SipFlow): boolean => !secure || isSecureTransport(one.protocol);
    if (flow?.open === true && (trustsFlow || isGood(flow))) {
      done([{ target: undefined, open: () => flow }]);
      return;
    }
    const last: Way[] =
      otherwise === undefined || !isGood(otherwise) ? [] : [{ target: undefined, open: () => otherwise }];
    const uri = parseSipOrSipsUri(to.nextHop);
    if (uri === undefined) {
      done(last);
      return;
    }
    this.locator.find(secure ? { ...uri, scheme: 'sips' } : uri, (located) => {
      const targets = family === undefined ? located : located.filter(({ address }) => isIP(address) === family);
      const first = targets.find(({ protocol }) => protocol === 'udp');
      const measured = draft === undefined || first === undefined ? undefined : this.measure(draft, first);
      const large = measured !== undefined && measured.length > MAX_UDP_REQUEST_BYTES;
      const ways = targets.flatMap((target) =>
        large && target.protocol === 'udp' ? this.byTcpToo(target) : [this.way(target)],
      );
      done(last.length === 0 ? ways : [...ways, ...last], measured?.draft);
    });
  }

  private way(target: Target): Way {
    const { protocol, address, port, serverName } = target;
    return { target, open: () => this.transport.flowTo(protocol, address, port, serverName) };
  }

  /** TCP first, unless this peer refused it lately (§18.1.1). */
  private byTcpToo(target: Target): Way[] {
    const tcp: Target = { ...target, protocol: 'tcp' };
    const ways = [this.way(tcp), this.way(target)];
    return this.locator.penalties.isPunished(tcp) ? ways.reverse() : ways;
  }

  private wouldFragment(draft: RequestDraft, way: Way): boolean {
    if (way.target !== undefined && way.target.protocol !== 'udp') return false;
    const flow = way.open();
    return flow?.protocol === 'udp' && this.lengthOf(draft, flow) > MAX_UDP_REQUEST_BYTES;
  }

  private lengthOf(draft: RequestDraft, flow: SipFlow): number {
    return draft.copy?.length ?? textLength(draft, draft.headers(flow));
  }

  /** How long the request will be. Its headers are kept, so that they are made once. */
  private measure(draft: RequestDraft, target: Target): { length: number; draft: RequestDraft } | undefined {
    if (draft.copy !== undefined) return { length: draft.copy.length, draft };
    const flow = this.way(target).open();
    if (flow === undefined) return undefined;
    const made: readonly HeaderLine[] = draft.headers(flow);
    const length = textLength(draft, made);
    const keeping = (to: SipFlow): HeaderLine[] => (isSamePlace(to, flow) ? [...made] : draft.headers(to));
    return { length, draft: { ...draft, headers: keeping } };
  }

  private tryNext(attempt: Attempt): void {
    const { draft, ways, listener, sending } = attempt;
    let way = ways.shift();
    let flow = way?.open();
    while (way !== undefined && flow === undefined) {
      way = ways.shift();
      flow = way?.open();
    }
    if (flow === undefined) {
      queueMicrotask(() => listener.transportError(new Error('No way to the next hop')));
      return;
    }
    const target = way?.target;
    let heard = false;
    let final = false;
    let left: LeftServer | undefined;
    let endProbe: () => void = NOTHING;
    // Let go with the final response: a transaction outlives its request by half a minute.
    let going: Attempt | undefined = attempt;
    const nextWay = (): boolean => {
      const next = going;
      going = undefined;
      if (next === undefined || !goesOn(next)) return false;
      this.tryNext(next);
      return true;
    };
    const transaction = this.transactions.send(draft, flow, {
      passesOn: listener.passesOn === true,
      response: (response: SipResponse) => {
        if (left !== undefined) {
          left.receive(response);
          return;
        }
        const first = !heard;
        heard = true;
        endProbe();
        if (final) {
          listener.response(response);
          return;
        }
        final = response.status >= 200;
        if (response.status === 503 && target !== undefined) {
          this.locator.penalties.punish(target, retryAfterSeconds(response));
          if (nextWay()) return;
        } else if (first && target !== undefined) this.locator.penalties.forgive(target);
        if (final) going = undefined;
        listener.response(response);
      },
      timeout: () => {
        if (left !== undefined) return;
        endProbe();
        if (!heard && target !== undefined) {
          this.locator.penalties.punish(target);
          if (nextWay()) return;
        }
        listener.timeout();
      },
      transportError: (error) => {
        // An ACK that could not be sent changes nothing: the call has its answer.
        left?.end();
        if (final || left !== undefined) return;
        endProbe();
        if (!heard && target !== undefined) {
          this.locator.penalties.punish(target);
          if (nextWay()) return;
        }
        listener.transportError(error);
      },
    });
    sending.flow = flow;
    sending.invite = transaction.isInvite ? transaction : undefined;
    if (target === undefined) return;
    endProbe = this.watch({ flow, target }, attempt, {
      gone: (why) => {
        endProbe();
        this.locator.penalties.punish(target);
        if (heard || sending.abandoned) return;
        flow.withdraw?.(transaction.request);
        transaction.terminate();
        if (!nextWay()) listener.transportError(new Error(why));
      },
      silent: () => {
        if (heard || sending.abandoned || going === undefined) return;
        endProbe();
        const { transactions, clock, t1 } = this;
        const { penalties } = this.locator;
        penalties.punish(target);
        // It may have heard all the same.
        left = new LeftServer({ transactions, penalties, clock, t1 }, { transaction, target, listener });
        // Asked by another way as well, one that is only slow would take it for a loop (RFC 3261 §8.2.2.2).
        going = { ...going, ways: ways.filter((other) => !isSameServer(other.target, target)) };
        if (!nextWay()) listener.transportError(new Error('Nothing was heard of it'));
      },
    });
  }

  /** Whether anybody is there, while there are others to ask. @returns ends it */
  private watch(
    { flow, target }: { readonly flow: SipFlow; readonly target: Target },
    attempt: Attempt,
    told: { readonly gone: (why: string) => void; readonly silent: () => void },
  ): () => void {
    const { ways, asks, elsewhere } = attempt;
    const { protocol, address, port } = target;
    const hasOthers = ways.length > 0 || elsewhere;
    let endAsking = NOTHING;
    if (flow.opening === true && hasOthers) {
      const milliseconds = Math.min(CONNECT_MILLISECONDS_WITH_OTHERS, this.shareOf(attempt, ways.length) ?? Infinity);
      endAsking = this.after(milliseconds, () => {
        if (flow.opening === true) told.gone('The connection does not open');
      });
    }
    // There is another server: whether this one is there at all is worth a question (§4.3 names ICMP errors).
    if (protocol === 'udp' && (ways.length > 0 || asks))
      endAsking = this.transport.probe(address, port, () => told.gone('Nobody listens there'));
    // A connection that stands says nothing of who is behind it.
    const share = this.shareOf(attempt, serversBeside(ways, target));
    const endWaiting = share === undefined ? NOTHING : this.after(share, told.silent);
    return () => {
      endAsking();
      endWaiting();
    };
  }

  private after(milliseconds: number, then: () => void): () => void {
    const timer = this.clock.setTimeout(then, milliseconds);
    return () => this.clock.clearTimeout(timer);
  }

  /** Of the time for a first answer, what this one has of it; undefined where there are no others that it shares it with. */
  private shareOf({ answerBy, elsewhere }: Attempt, others: number): number | undefined {
    const sharing = 1 + others + (elsewhere ? 1 : 0);
    if (answerBy === undefined || sharing === 1) return undefined;
    // Less than T1 would be less than one round trip (RFC 3261 §17.1.1.1).
    return Math.max(this.t1, (answerBy - this.clock.now()) / sharing);
  }
}

const NOTHING = (): void => undefined;

function goesOn({ ways, sending }: Attempt): boolean {
  return ways.length > 0 && !sending.abandoned;
}

/** By UDP and TCP a large request has two ways to one server (RFC 3261 §18.1.1). */
function isSameServer(one: Target | undefined, other: Target): boolean {
  return one?.address === other.address && one.port === other.port;
}

function serversBeside(ways: readonly Way[], target: Target): number {
  const others = ways.filter((way) => !isSameServer(way.target, target));
  return new Set(others.map((way) => way.target && hostPort(way.target.address, way.target.port))).size;
}

/** Our Contact and the like depend on nothing else. */
function isSamePlace(one: SipFlow, other: SipFlow): boolean {
  return one === other || (one.protocol === other.protocol && one.remoteAddress === other.remoteAddress);
}

function retryAfterSeconds(response: SipResponse): number | undefined {
  const seconds = /^\s*(\d{1,6})/.exec(response.header('Retry-After') ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/** Octets of the request on the wire, nearly: names and most values are ASCII. */
function textLength({ uri, body }: RequestDraft, headers: readonly HeaderLine[]): number {
  const lines = headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
  return lines + uri.length + VIA_BYTES + (body === undefined ? 0 : Buffer.byteLength(body));
}
