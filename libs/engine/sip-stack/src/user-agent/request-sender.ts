import { parseSipOrSipsUri } from '@carillon/sip-message';
import type { SipResponse } from '@carillon/sip-message';
import type { ClientListener, ClientTransaction } from '../transaction/client-transaction.js';
import type { RequestDraft } from '../transaction/request-draft.js';
import type { TransactionLayer } from '../transaction/transaction-layer.js';
import { resolveNextHop } from '../transport/resolve-next-hop.js';
import type { NextHop, ResolveHost } from '../transport/resolve-next-hop.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { TransportLayer } from '../transport/transport-layer.js';

/** Requests longer than this go over TCP when the peer takes it: fragments get lost (RFC 3261 §18.1.1). */
const MAX_UDP_REQUEST_BYTES = 1300;
/** Via, which is added later. */
const VIA_BYTES = 100;

export interface Destination {
  /** Beats the URI while it is open. */
  readonly flow?: SipFlow | undefined;
  readonly nextHop: string;
}

/** One request on its way, which may change its transaction while next hops fail. */
export class SendingRequest {
  /** The INVITE's transaction, for CANCEL. */
  invite: ClientTransaction | undefined;
  flow: SipFlow | undefined;
}

/** Chooses the way of a request: flow, next hop, UDP or TCP, next address when one fails (RFC 3263 §4.3). */
export class RequestSender {
  constructor(
    private readonly transport: TransportLayer,
    private readonly transactions: TransactionLayer,
    private readonly resolveHost: ResolveHost,
  ) {}

  send(draft: RequestDraft, destination: Destination, listener: ClientListener): SendingRequest {
    const sending = new SendingRequest();
    this.route(draft, destination, (flows) => this.tryNext(draft, flows, { listener, sending }));
    return sending;
  }

  /** Sends an ACK of a 2xx: no transaction, no answer (§13.2.2.4). */
  sendAck(bytes: (flow: SipFlow) => Buffer, destination: Destination, sent: (flow: SipFlow) => void): void {
    this.route(undefined, destination, (flows) => {
      const flow = flows()?.();
      if (flow === undefined) return;
      flow.send(bytes(flow));
      sent(flow);
    });
  }

  /** Calls back with a source of flows to try, one after another. */
  private route(draft: RequestDraft | undefined, to: Destination, done: (flows: FlowSource) => void): void {
    const { flow } = to;
    if (flow?.open === true) {
      done(sourceOf([() => flow]));
      return;
    }
    const uri = parseSipOrSipsUri(to.nextHop);
    if (uri === undefined) {
      done(sourceOf([]));
      return;
    }
    resolveNextHop(uri, this.resolveHost, (hops) => {
      done(sourceOf(hops.flatMap((hop) => this.ways(hop, draft))));
    });
  }

  private ways(hop: NextHop, draft: RequestDraft | undefined): (() => SipFlow | undefined)[] {
    const open = (): SipFlow | undefined => this.transport.flowTo(hop.protocol, hop.address, hop.port);
    if (hop.protocol !== 'udp' || draft === undefined || !this.isLarge(draft, open())) return [open];
    return [() => this.transport.flowTo('tcp', hop.address, hop.port), open];
  }

  private isLarge(draft: RequestDraft, flow: SipFlow | undefined): boolean {
    if (flow === undefined) return false;
    if (draft.copy !== undefined) return draft.copy.length > MAX_UDP_REQUEST_BYTES;
    const headers = draft.headers(flow).reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
    return headers + draft.uri.length + VIA_BYTES + (draft.body?.length ?? 0) > MAX_UDP_REQUEST_BYTES;
  }

  private tryNext(
    draft: RequestDraft,
    flows: FlowSource,
    to: { listener: ClientListener; sending: SendingRequest },
  ): void {
    const { listener, sending } = to;
    let next = flows();
    let flow: SipFlow | undefined;
    while (next !== undefined && flow === undefined) {
      flow = next();
      if (flow === undefined) next = flows();
    }
    if (flow === undefined) {
      queueMicrotask(() => listener.transportError(new Error('No way to the next hop')));
      return;
    }
    let heard = false;
    let final = false;
    const transaction = this.transactions.send(draft, flow, {
      passesOn: listener.passesOn === true,
      response(response: SipResponse): void {
        heard = true;
        final ||= response.status >= 200;
        listener.response(response);
      },
      timeout: () => listener.timeout(),
      transportError: (error) => {
        // An ACK that could not be sent changes nothing: the call has its answer.
        if (final) return;
        if (heard) listener.transportError(error);
        else this.retry(draft, flows, { ...to, error });
      },
    });
    sending.flow = flow;
    sending.invite = transaction.isInvite ? transaction : undefined;
  }

  private retry(
    draft: RequestDraft,
    flows: FlowSource,
    to: { listener: ClientListener; sending: SendingRequest; error: Error },
  ): void {
    const next = flows();
    if (next === undefined) to.listener.transportError(to.error);
    else {
      let first: (() => SipFlow | undefined) | undefined = next;
      this.tryNext(
        draft,
        () => {
          const taken = first ?? flows();
          first = undefined;
          return taken;
        },
        to,
      );
    }
  }
}

/** Gives the next way to try, and undefined when there is none left. */
type FlowSource = () => (() => SipFlow | undefined) | undefined;

function sourceOf(ways: (() => SipFlow | undefined)[]): FlowSource {
  let at = 0;
  return () => ways[at++];
}
