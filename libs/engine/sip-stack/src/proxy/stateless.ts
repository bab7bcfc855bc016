import { MAGIC_COOKIE, parseVia } from '@carillon/sip-message';
import type { SipRequest, SipResponse, Via } from '@carillon/sip-message';
import type { ProxyTarget } from '../api/routed-request.js';
import { copyResponse } from './copy-response.js';
import { buildCopy, destinationOf, wayTo } from './forward-request.js';
import type { ForwardParts, PreparedRequest } from './forward-request.js';
import type { OwnAddresses } from './own-addresses.js';
import type { KeyedHash } from './sip-hash.js';

/** Begins the branches that we remember nothing about. */
const STATELESS = `${MAGIC_COOKIE}sl`;
const DEFAULT_PORT = 5060;

/** Forwards without a transaction (RFC 3261 §16.11): ACK of a 2xx, and what passes through. */
export class StatelessForwarder {
  constructor(
    private readonly parts: ForwardParts,
    private readonly own: OwnAddresses,
    private readonly hash: KeyedHash,
  ) {}

  /** A repeated request gets the same branch and the same way. */
  forward(prepared: PreparedRequest, target: ProxyTarget): void {
    const { core } = this.parts;
    const { request } = prepared;
    const way = wayTo(target, prepared.route);
    const branch = this.branch(request.topVia, request) + prepared.loopHash;
    core.sender.sendAck(
      (flow) => {
        const sentBy = core.transport.sentBy(flow);
        return buildCopy(this.parts, prepared, { target, way, flow, sentBy, branch, maxBreadth: prepared.maxBreadth });
      },
      destinationOf(way),
      () => undefined,
    );
  }

  /**
   * The response of a request that was forwarded so: our Via comes off, the next one says where to. Only what carries
   * our keyed branch passes (RFC 6026 §7.3 forbids it to everything else).
   */
  return(response: SipResponse): void {
    const top = response.topVia;
    const branch = top?.parameters.get('branch');
    if (top === undefined || branch?.startsWith(STATELESS) !== true || !this.own.has(top.host, top.port)) return;
    const next = parseVia(response.values('Via')[1] ?? '');
    if (next === undefined || !branch.startsWith(this.branch(next, response))) return;
    const bytes = copyResponse(response);
    const flow = this.wayBack(next);
    if (bytes !== undefined) flow?.send(bytes);
  }

  /** §16.11: of what repeats with the request, and of a key, so that nobody else can make it. */
  private branch(via: Via | undefined, message: SipRequest | SipResponse): string {
    const received = via?.parameters.get('branch') ?? '';
    const text = `sl|${received}|${via?.host ?? ''}|${message.fromTag ?? ''}|${message.callId ?? ''}|${message.cseq?.sequence ?? 0}`;
    return STATELESS + this.hash(text);
  }

  /** RFC 3261 §18.2.2, RFC 3581 §4, from the Via alone. */
  private wayBack(via: Via): ReturnType<ForwardParts['core']['transport']['flowTo']> {
    const { transport } = this.parts.core;
    const address = via.parameters.get('received') ?? via.host;
    const rport = Number(via.parameters.get('rport') ?? '');
    const port = rport > 0 ? rport : (via.port ?? DEFAULT_PORT);
    const protocol = via.transport.toLowerCase();
    const listening = transport.addresses.find((listen) => listen.protocol === protocol);
    return listening === undefined ? undefined : transport.flowTo(listening.protocol, address, port);
  }
}
