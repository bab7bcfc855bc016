import { buildNameAddress, parseNameAddress, parseSipOrSipsUri } from '@carillon/sip-message';
import type { HeaderLine, NameAddress, SipMessage, SipRequest, SipResponse } from '@carillon/sip-message';
import type { DialogId } from '../api/invite-session.js';
import type { SipFlow } from '../transport/sip-flow.js';

/** Where a request of a dialog goes: its Request-URI, its Route headers, and the URI of the next hop. */
export interface Routing {
  readonly uri: string;
  readonly routes: readonly string[];
  readonly nextHop: string;
}

interface DialogParts {
  id: DialogId;
  local: NameAddress;
  remote: NameAddress;
  remoteTarget: string;
  routeSet: readonly string[];
  localSequence: number;
  remoteSequence: number | undefined;
  flow: SipFlow | undefined;
}

/** State that two user agents share (RFC 3261 §12). */
export class Dialog {
  readonly id: DialogId;
  /** Our address as From of our requests, and the peer's as To, with tags. */
  readonly local: NameAddress;
  readonly remote: NameAddress;
  remoteTarget: string;
  localSequence: number;
  remoteSequence: number | undefined;
  private readonly routeSet: readonly string[];
  private preferredFlow: SipFlow | undefined;

  private constructor(parts: DialogParts) {
    this.id = parts.id;
    this.local = parts.local;
    this.remote = parts.remote;
    this.remoteTarget = parts.remoteTarget;
    this.routeSet = parts.routeSet;
    this.localSequence = parts.localSequence;
    this.remoteSequence = parts.remoteSequence;
    this.preferredFlow = parts.flow;
  }

  /** We answer (§12.1.1). `request` has passed the checks for mandatory headers. */
  static asCallee(request: SipRequest, localTag: string, source: SipFlow): Dialog {
    const remote = addressOf(request.from, request.fromTag);
    const recordRoute = routesOf(request);
    return new Dialog({
      id: { callId: request.callId ?? '', localTag, remoteTag: request.fromTag ?? '' },
      local: addressOf(request.to, localTag),
      remote,
      remoteTarget: request.contactUri ?? remote.uri,
      routeSet: recordRoute,
      // RFC 3261 §12.2.1.1 leaves the first number to us.
      localSequence: 0,
      remoteSequence: request.cseq?.sequence,
      flow: isWayBack(request, source, recordRoute) ? source : undefined,
    });
  }

  /** We asked (§12.1.2). */
  static asCaller(
    response: SipResponse,
    ours: { local: NameAddress; target: string; sequence: number; flow: SipFlow | undefined },
  ): Dialog {
    const { local } = ours;
    return new Dialog({
      id: {
        callId: response.callId ?? '',
        localTag: local.parameters.get('tag') ?? '',
        remoteTag: response.toTag ?? '',
      },
      local,
      remote: addressOf(response.to, response.toTag),
      remoteTarget: response.contactUri ?? ours.target,
      routeSet: routesOf(response).reverse(),
      localSequence: ours.sequence,
      remoteSequence: undefined,
      flow: ours.flow,
    });
  }

  /** The way to send, when it is better than looking the next hop up: it passes the peer's NAT. */
  get flow(): SipFlow | undefined {
    return this.preferredFlow?.open === true ? this.preferredFlow : undefined;
  }

  /** Loose routing, or strict routing for old proxies (§12.2.1.1). */
  get routing(): Routing {
    const first = this.routeSet[0];
    if (first === undefined) return { uri: this.remoteTarget, routes: [], nextHop: this.remoteTarget };
    if (parseSipOrSipsUri(first)?.parameters.has('lr') === true) {
      return { uri: this.remoteTarget, routes: this.routeSet, nextHop: first };
    }
    return { uri: first, routes: [...this.routeSet.slice(1), this.remoteTarget], nextHop: first };
  }

  /** Headers that every request of this dialog has; ACK and CANCEL bring the number of their INVITE. */
  headers(method: string, sequence: number): HeaderLine[] {
    const lines: HeaderLine[] = this.routing.routes.map((route) => ['Route', `<${route}>`]);
    lines.push(
      ['Max-Forwards', '70'],
      ['From', buildNameAddress(this.local)],
      ['To', buildNameAddress(this.remote)],
      ['Call-ID', this.id.callId],
      ['CSeq', `${sequence} ${method}`],
    );
    return lines;
  }

  nextSequence(): number {
    this.localSequence += 1;
    return this.localSequence;
  }

  /** A number that is too low is a request out of order (§12.2.2). @returns false to refuse with 500 */
  admitSequence(request: SipRequest): boolean {
    const sequence = request.cseq?.sequence;
    if (sequence === undefined) return false;
    if (this.remoteSequence !== undefined && sequence <= this.remoteSequence) return false;
    this.remoteSequence = sequence;
    return true;
  }

  /** INVITE, UPDATE and their answers, SUBSCRIBE and NOTIFY move the target (§12.2.1.2, RFC 6665 §4.4). */
  refreshTarget(message: SipMessage, source?: SipFlow): void {
    const contact = message.contactUri;
    if (contact !== undefined && parseSipOrSipsUri(contact) !== undefined) this.remoteTarget = contact;
    // A phone that comes back over another connection or NAT port is answered there.
    if (source !== undefined && message.kind === 'request' && isWayBack(message, source, this.routeSet)) {
      this.preferredFlow = source;
    }
  }
}

/**
 * Whether requests may go back the way this one came. Over one hop with rport (RFC 3581) or on a connection the source
 * is the peer itself; behind proxies only a connection to a record-routing one leads back.
 */
function isWayBack(request: SipRequest, source: SipFlow, routeSet: readonly string[]): boolean {
  const direct = request.values('Via').length === 1;
  if (source.reliable) return direct || routeSet.length > 0;
  return direct && routeSet.length === 0 && request.topVia?.parameters.has('rport') === true;
}

function routesOf(message: SipMessage): string[] {
  return message.values('Record-Route').flatMap((value) => parseNameAddress(value)?.uri ?? []);
}

function addressOf(address: NameAddress | undefined, tag: string | undefined): NameAddress {
  const { displayName, uri, parameters } =
    address ?? parseNameAddress('<sip:anonymous@anonymous.invalid>') ?? missing();
  // RFC 2543 peers have no tag; the parameter then stays away (§12.1.1).
  return { displayName, uri, parameters: tag === undefined ? parameters : parameters.with('tag', tag) };
}

function missing(): never {
  throw new Error('A constant address does not parse');
}
