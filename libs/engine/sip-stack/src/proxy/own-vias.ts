import { OwnVia } from '@carillon/sip-message';
import type { SipFlow } from '../transport/sip-flow.js';
import type { TransportLayer } from '../transport/transport-layer.js';
import { DEFAULT_MAX_BREADTH } from './validate-request.js';

/** Addresses of ours: where there are more than a few, they come and go. */
const MOST_KEPT = 64;

/** Our Via lines with their Max-Breadth (RFC 5393 §5.3.3), each made once for the transport and address that it names. */
export class OwnVias {
  private readonly kept = new Map<string, Map<string, OwnVia>>();
  /** Requests are asked for on TLS connections that we dialled, and on no others (RFC 5923 §8.1). */
  private readonly ofConnections = new WeakMap<SipFlow, Map<string, OwnVia>>();

  constructor(private readonly transport: Pick<TransportLayer, 'via'>) {}

  of(flow: SipFlow, sentBy: string, maxBreadth: number): OwnVia {
    // A fork's share of the breadth is as it comes.
    if (maxBreadth !== DEFAULT_MAX_BREADTH) return this.make(flow, sentBy, maxBreadth);
    const vias = this.viasOf(flow);
    const known = vias.get(sentBy);
    if (known !== undefined) return known;
    const made = this.make(flow, sentBy, maxBreadth);
    if (vias.size >= MOST_KEPT) vias.clear();
    vias.set(sentBy, made);
    return made;
  }

  private viasOf(flow: SipFlow): Map<string, OwnVia> {
    const { protocol } = flow;
    const vias = protocol === 'tls' ? this.ofConnections.get(flow) : this.kept.get(protocol);
    if (vias !== undefined) return vias;
    const none = new Map<string, OwnVia>();
    if (protocol === 'tls') this.ofConnections.set(flow, none);
    else this.kept.set(protocol, none);
    return none;
  }

  private make(flow: SipFlow, sentBy: string, maxBreadth: number): OwnVia {
    return new OwnVia(this.transport.via(flow, '', sentBy), `Max-Breadth: ${maxBreadth}\r\n`);
  }
}
