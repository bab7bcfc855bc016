import { buildNameAddress, hasOneVia, ownText, parseNameAddress, parseSipOrSipsUri } from '@carillon/sip-message';
import type { HeaderLine, NameAddress, SipMessage, SipRequest, SipResponse } from '@carillon/sip-message';
import type { DialogCopy } from '../api/dialog-copy.js';
import type { DialogId } from '../api/invite-session.js';
import type { WayToPeer } from '../api/way-to-peer.js';
import type { SipFlow } from '../transport/sip-flow.js';
import { contactFor, isSipsUri } from './contact-for.js';
import { leadsTo } from './leads-to.js';
import { isSecureTransport } from './secure-hops.js';
import { writableFlow } from './writable-flow.js';

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
  /** The connection that our INVITE went by. */
  dialled?: SipFlow | undefined;
  secure: boolean;
  /** Our INVITE had to go over TLS, though it was for a `sip:` URI. */
  tlsAlone?: boolean | undefined;
  /** It began on a way that was not, perhaps since its TLS ends in front of us: requests go there all the same. */
  cameInClear: boolean;
}

/** The peer may have seen requests of ours that whoever copied the dialog had not sent yet: gaps are allowed (§12.2.2). */
const SEQUENCE_LEAP = 100;

/** State that two user agents share (RFC 3261 §12). */
export class Dialog {
  readonly id: DialogId;
  /** Our address as From of our requests, and the peer's as To, with tags. */
  readonly local: NameAddress;
  readonly remote: NameAddress;
  remoteTarget: string;
  localSequence: number;
  remoteSequence: number | undefined;
  private routeSet: readonly string[];
  /** The INVITE came or went to a `sips:` URI: every request of the dialog does (§12.1.1, §12.1.2). */
  private readonly secure: boolean;
  private readonly tlsAlone: boolean;
  private readonly cameInClear: boolean;
  /** Its requests go over TLS alone (§26.2.2). */
  readonly secureHops: boolean;
  private cachedRouting: Routing | undefined;
  private preferredFlow: SipFlow | undefined;
  /** Of a dialog that comes from another process: its flow may be heard of later, or never. */
  private sought: { readonly flowId: string; find(flowId: string): SipFlow | undefined } | undefined;
  private readonly dialled: SipFlow | undefined;
  private way: WayToPeer | undefined;

  private constructor(parts: DialogParts) {
    this.id = parts.id;
    this.local = parts.local;
    this.remote = parts.remote;
    this.remoteTarget = parts.remoteTarget;
    this.routeSet = parts.routeSet;
    this.localSequence = parts.localSequence;
    this.remoteSequence = parts.remoteSequence;
    this.preferredFlow = parts.flow;
    this.dialled = parts.dialled;
    this.secure = parts.secure;
    this.tlsAlone = parts.tlsAlone === true;
    this.cameInClear = parts.cameInClear;
    this.secureHops = (parts.secure || this.tlsAlone) && !parts.cameInClear;
  }

  /** We answer (§12.1.1). `request` has passed the checks for mandatory headers. */
  static asCallee(request: SipRequest, localTag: string, source: SipFlow): Dialog {
    // With the tag that it brought.
    const remote = addressOf(request.from);
    const recordRoute = routesOf(request);
    return new Dialog({
      id: { callId: ownText(request.callId ?? ''), localTag, remoteTag: ownText(request.fromTag ?? '') },
      local: addressOf(request.to, localTag),
      remote,
      remoteTarget: usableTarget(request) ?? remote.uri,
      routeSet: recordRoute,
      // RFC 3261 §12.2.1.1 leaves the first number to us.
      localSequence: 0,
      remoteSequence: request.cseq?.sequence,
      flow: isWayBack(request, source, recordRoute) ? source : undefined,
      secure: isSipsUri(request.uriText) || isSipsUri(recordRoute[0]),
      cameInClear: !isSecureTransport(source.protocol),
    });
  }

  /** We asked (§12.1.2). */
  static asCaller(
    response: SipResponse,
    ours: {
      local: NameAddress;
      target: string;
      sequence: number;
      flow: SipFlow | undefined;
      dialled?: SipFlow | undefined;
      /** Where only a part of the Record-Route leads to the peer. */
      routeSet?: readonly string[];
      /** It goes over TLS alone, whatever the scheme of its URIs (RFC 5630 §5.3): its later requests do, too. */
      tlsAlone?: boolean | undefined;
    },
  ): Dialog {
    const { local } = ours;
    const went = ours.dialled ?? ours.flow;
    return new Dialog({
      id: {
        callId: ownText(response.callId ?? ''),
        localTag: local.parameters.get('tag') ?? '',
        remoteTag: ownText(response.toTag ?? ''),
      },
      local,
      remote: addressOf(response.to),
      remoteTarget: usableTarget(response) ?? ours.target,
      routeSet: ours.routeSet ?? routesOf(response).reverse(),
      localSequence: ours.sequence,
      remoteSequence: undefined,
      flow: ours.flow,
      dialled: ours.dialled,
      secure: isSipsUri(ours.target),
      tlsAlone: ours.tlsAlone,
      cameInClear: went !== undefined && !isSecureTransport(went.protocol),
    });
  }

  /**
   * Goes on with a dialog of another process. @param find a connection that a third process holds may be heard of later
   * @returns undefined where an address of it cannot be read
   */
  static resumed(copy: DialogCopy, find: (flowId: string) => SipFlow | undefined): Dialog | undefined {
    const local = parseNameAddress(copy.local);
    const remote = parseNameAddress(copy.remote);
    if (local === undefined || remote === undefined) return undefined;
    const { id, remoteTarget, routeSet, secure, tlsAlone, flowId } = copy;
    const localSequence = copy.localSequence + SEQUENCE_LEAP;
    const remoteSequence = copy.remoteSequence ?? undefined;
    const flow = flowId === null ? undefined : find(flowId);
    const own = { id, local, remote, remoteTarget, routeSet, localSequence, remoteSequence, flow, secure, tlsAlone };
    const cameInClear = copy.cameInClear ?? (flowId !== null && !/^(?:tls|wss):/.test(flowId));
    const dialog = new Dialog({ ...own, cameInClear });
    if (flowId !== null && flow === undefined) dialog.sought = { flowId, find };
    return dialog;
  }

  copy(): DialogCopy {
    const { id, local, remote, remoteTarget, routeSet, localSequence, remoteSequence, secure, cameInClear } = this;
    // A connection that is gone tells at least that there was one.
    const flowId = this.flow?.id ?? this.preferredFlow?.id ?? this.sought?.flowId ?? null;
    return {
      ...{ id, remoteTarget, routeSet, localSequence, secure, tlsAlone: this.tlsAlone, cameInClear },
      local: buildNameAddress(local),
      remote: buildNameAddress(remote),
      remoteSequence: remoteSequence ?? null,
      flowId,
    };
  }

  /** The way to send, when it is better than looking the next hop up: it passes the peer's NAT. */
  get flow(): SipFlow | undefined {
    const { way, knownFlow: known } = this;
    // Who is reached at its Contact alone, perhaps by a proxy, has no other way.
    const isElsewhere = way !== undefined && (known !== undefined || this.wayByConnection !== undefined);
    return isElsewhere ? (writableFlow(way.find(known)) ?? known) : known;
  }

  private get knownFlow(): SipFlow | undefined {
    this.preferredFlow ??= this.sought?.find(this.sought.flowId);
    if (this.preferredFlow?.open === true) return this.preferredFlow;
    const { otherwise } = this;
    return otherwise !== undefined && leadsTo(otherwise, this.routing.nextHop) ? otherwise : undefined;
  }

  /** The way to a peer that is, or was, reached by a connection: without one it is not there. */
  get wayByConnection(): WayToPeer | undefined {
    if (this.way === undefined) return undefined;
    const isConnection = this.preferredFlow?.reliable ?? (this.dialled !== undefined || this.sought !== undefined);
    return isConnection ? this.way : undefined;
  }

  reachBy(way: WayToPeer | undefined): void {
    this.way = way;
  }

  /** A connection that was made when the last one was gone, and by which the peer has answered. */
  goBy(flow: SipFlow): void {
    if (flow.reliable) this.preferredFlow = flow;
  }

  /** The connection that the INVITE went by, for when the next hop cannot be reached: it may lead there all the same. */
  get otherwise(): SipFlow | undefined {
    return this.dialled?.open === true ? this.dialled : undefined;
  }

  /**
   * The 2xx of our INVITE: the route set is worked out again, whatever the early dialog had (§13.2.2.4), and the target is its
   * Contact.
   */
  confirm(response: SipResponse): void {
    this.routeSet = routesOf(response).reverse();
    this.cachedRouting = undefined;
    this.refreshTarget(response);
  }

  /** Our Contact header for this dialog: `sips:` where it is secure (§12.1.1). */
  contact(uri: string): string {
    return contactFor(uri, this.secure);
  }

  get routing(): Routing {
    this.cachedRouting ??= routingOf(this.remoteTarget, this.routeSet);
    return this.cachedRouting;
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
    const contact = usableTarget(message);
    if (contact !== undefined && contact !== this.remoteTarget) {
      this.remoteTarget = contact;
      this.cachedRouting = undefined;
    }
    // A phone that comes back over another connection or NAT port is answered there.
    if (source !== undefined && message.kind === 'request' && isWayBack(message, source, this.routeSet)) {
      this.preferredFlow = source;
    }
  }
}

/** Loose routing, or strict routing for old proxies (§12.2.1.1). */
function routingOf(target: string, routeSet: readonly string[]): Routing {
  const first = routeSet[0];
  const uri = asRequestUri(target);
  if (first === undefined) return { uri, routes: [], nextHop: target };
  if (parseSipOrSipsUri(first)?.parameters.has('lr') === true) return { uri, routes: routeSet, nextHop: first };
  return { uri: asRequestUri(first), routes: [...routeSet.slice(1), target], nextHop: first };
}

/** A Request-URI has no headers and no method parameter (RFC 3261 §19.1.1). */
export function asRequestUri(uri: string): string {
  // A user part may hold both, and what is behind its `@` holds none (§25.1).
  const host = uri.indexOf('@') + 1;
  const headers = uri.indexOf('?', host);
  const bare = headers < 0 ? uri : uri.slice(0, headers);
  if (!bare.includes(';', host)) return bare;
  return bare.slice(0, host) + bare.slice(host).replace(/;method=[^;]*/i, '');
}

/** A Contact that requests of a dialog can go to: SIP or SIPS alone (RFC 3261 §8.1.1.8). */
export function usableTarget(message: SipMessage): string | undefined {
  const contact = message.contactUri;
  return contact !== undefined && parseSipOrSipsUri(contact) !== undefined ? contact : undefined;
}

/**
 * Whether requests may go back the way this one came. Over one hop with rport (RFC 3581) or on a connection the source
 * is the peer itself; behind proxies only a connection to a record-routing one leads back.
 */
function isWayBack(request: SipRequest, source: SipFlow, routeSet: readonly string[]): boolean {
  if (source.reliable) return routeSet.length > 0 || hasOneVia(request);
  return routeSet.length === 0 && asksForPort(request) && hasOneVia(request);
}

/** RFC 3581 §3. */
function asksForPort(request: SipRequest): boolean {
  const { returnPath } = request;
  return returnPath === undefined ? request.topVia?.parameters.has('rport') === true : returnPath.openPort >= 0;
}

function routesOf(message: SipMessage): string[] {
  const routes: string[] = [];
  for (const value of message.values('Record-Route')) {
    const uri = parseNameAddress(value)?.uri;
    if (uri !== undefined) routes.push(uri);
  }
  return routes;
}

function addressOf(address: NameAddress | undefined, tag?: string): NameAddress {
  const { displayName, uri, parameters } =
    address ?? parseNameAddress('<sip:anonymous@anonymous.invalid>') ?? missing();
  // RFC 2543 peers have no tag; the parameter then stays away (§12.1.1).
  return { displayName, uri, parameters: tag === undefined ? parameters : parameters.with('tag', tag) };
}

function missing(): never {
  throw new Error('A constant address does not parse');
}
