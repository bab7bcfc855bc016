import { parseSipOrSipsUri } from '@carillon/sip-message';
import type { SipMessage, SipRequest, SipResponse, SipUri } from '@carillon/sip-message';
import { isSipsUri, secureForm } from '../dialog/contact-for.js';
import { isSecureTransport } from '../dialog/secure-hops.js';
import { routesBeyond } from '../dialog/routes-beyond.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { TransportLayer } from '../transport/transport-layer.js';
import { buildFlowToken } from './flow-token.js';
import type { KeyedHash } from './sip-hash.js';

/** URI parameters of our Record-Route values. */
const COOKIE = 'ck';
/** Which side the caller is, when the ways to both sides are in the token. */
const CALLER = 'ft';
/** Two values stand for one pass through us (RFC 5658 §3.2). */
const DOUBLE = 'r2';

/** The ways that a dialog's request came and goes. */
export interface DialogWays {
  readonly request: SipRequest;
  readonly from: SipFlow;
  readonly to: SipFlow;
  /** The target's own flow: it cannot be reached by its Contact. */
  readonly toByFlow: boolean;
}

/** Makes and knows our Record-Route values. */
export class RecordRoute {
  constructor(
    private readonly transport: TransportLayer,
    private readonly hash: KeyedHash,
  ) {}

  /**
   * Values for a request, first one on top; two when the sides differ in transport or address family, so that each
   * side gets a URI that it can reach (RFC 5658). Phones behind NAT are found by flow tokens (RFC 5626 §5.2).
   */
  values(ways: DialogWays): string[] {
    const { request, from, to } = ways;
    const caller = isBehindNat(request, from) ? from : undefined;
    const callee = ways.toByFlow ? to : undefined;
    const user = caller === undefined && callee === undefined ? undefined : buildFlowToken({ caller, callee });
    const tail = this.tail(request, user);
    const near = this.uriOf(from, user, request);
    const far = this.uriOf(to, user, request);
    // Two of our ports at one address: both sides reach either, so the one that the request leaves by is enough.
    if (near === far || (user === undefined && near.replace(PORT, '') === far.replace(PORT, ''))) {
      return [`<${far};lr${tail}>`];
    }
    return [`<${far};lr;${DOUBLE}${tail}>`, `<${near};lr;${DOUBLE}${tail}>`];
  }

  /** A dialog that is secure stays so on the sides that are (RFC 3261 §16.6 item 4). */
  private uriOf(flow: SipFlow, user: string | undefined, { uriText }: SipRequest): string {
    const uri = this.transport.contactUri(flow.protocol, user, flow);
    return isSipsUri(uriText) && isSecureTransport(flow.protocol) ? secureForm(uri) : uri;
  }

  /** True when this own Route value was made by us for this very call: anybody else's gives no way through us. */
  vouchesFor(route: SipUri, request: Pick<SipMessage, 'callId'>): boolean {
    const cookie = route.parameters.get(COOKIE);
    return (
      cookie !== undefined && cookie === this.cookie(request, route.user ?? '', route.parameters.get(CALLER) ?? '')
    );
  }

  /**
   * The Route set from us to who answered (RFC 3261 §12.1.2): what proxies behind us have put above our own values.
   * @param before how many values the request had when it came to us
   */
  beyond(response: SipResponse, before: number): string[] {
    const behind = routesBeyond(response, before);
    const own = behind.findIndex((uri) => {
      const parsed = parseSipOrSipsUri(uri);
      return parsed !== undefined && this.vouchesFor(parsed, response);
    });
    return (own < 0 ? behind : behind.slice(0, own)).reverse();
  }

  isDouble(route: SipUri): boolean {
    return route.parameters.has(DOUBLE);
  }

  /** Whether the sender of a request is the side that made the call; undefined when the value does not say. */
  fromCaller(route: SipUri, request: SipRequest): boolean | undefined {
    const caller = route.parameters.get(CALLER);
    return caller === undefined ? undefined : caller === tagMark(request.fromTag ?? '');
  }

  private tail(request: SipRequest, user: string | undefined): string {
    // Only a token needs to know the sides apart.
    const mark = user === undefined ? '' : tagMark(request.fromTag ?? '');
    const cookie = this.cookie(request, user ?? '', mark);
    return mark === '' ? `;${COOKIE}=${cookie}` : `;${CALLER}=${mark};${COOKIE}=${cookie}`;
  }

  private cookie(request: Pick<SipMessage, 'callId'>, user: string, mark: string): string {
    return this.hash(`rr|${user}|${mark}|${request.callId ?? ''}`);
  }
}

/** The port of a URI. */
const PORT = /:\d+(?=;|$)/;

/** The peer wrote an address into its Via that its packets do not come from, or it can only be answered on its connection. */
function isBehindNat(request: SipRequest, flow: SipFlow): boolean {
  if (flow.reliable) return true;
  const via = request.returnPath ?? request.topVia;
  return via === undefined || via.host !== flow.remoteAddress || (via.port ?? DEFAULT_PORT) !== flow.remotePort;
}

const DEFAULT_PORT = 5060;

/** A few digits of a tag: enough to tell two sides apart. */
function tagMark(tag: string): string {
  let hash = 2_166_136_261;
  for (let at = 0; at < tag.length; at++) hash = Math.imul(hash ^ tag.charCodeAt(at), 16_777_619);
  return (hash >>> 0).toString(36);
}
