import type { HeaderLine, SipRequest } from '@carillon/sip-message';
import { parseSipOrSipsUri } from '@carillon/sip-message';
import type { ProxyTarget } from '../api/routed-request.js';
import { isSipsUri } from '../dialog/contact-for.js';
import { asRequestUri } from '../dialog/dialog.js';
import { writableFlow } from '../dialog/writable-flow.js';
import type { RequestDraft } from '../transaction/request-draft.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { Core } from '../user-agent/core.js';
import type { Destination, SendingRequest } from '../user-agent/request-sender.js';
import { copyRequest } from './copy-request.js';
import type { OwnVias } from './own-vias.js';
import { isLoose, routeUri } from './preprocess-route.js';
import type { PreprocessedRoute } from './preprocess-route.js';
import type { ProxyBranch } from './proxy-branch.js';
import type { RecordRoute } from './record-route.js';
import type { AskedInterval } from './session-interval.js';

/** What forwarding needs from its proxy. */
export interface ForwardParts {
  readonly core: Core;
  readonly recordRoute: RecordRoute;
  readonly ownVias: OwnVias;
}

/** A request that passed validation, and what is the same for all its branches. */
export interface PreparedRequest {
  readonly request: SipRequest;
  readonly source: SipFlow;
  readonly route: PreprocessedRoute;
  readonly markedVia: string | undefined;
  /** As it goes out, already one less. */
  readonly maxForwards: number;
  /** What came in (RFC 5393 §5.3.2). */
  readonly maxBreadth: number;
  /** Second part of the branch. */
  readonly loopHash: string;
  readonly recordRouted: boolean;
  /** The session timer that is asked for. */
  readonly asked: AskedInterval | undefined;
  readonly add: readonly HeaderLine[];
  /** Names in lower case. */
  readonly remove: ReadonlySet<string>;
}

/** Where a copy of a request goes, and what it says about that. */
export interface Way {
  readonly uri: string;
  /** Undefined: the Route set stays as it came. */
  readonly routes: readonly string[] | undefined;
  readonly nextHop: string;
  readonly flow: SipFlow | undefined;
  /** Over TLS alone. */
  readonly secure: boolean;
  /** But for the flow, which is good as it is. */
  readonly trustsFlow: boolean;
}

/** Sends the copy of one branch (RFC 3261 §16.6). */
export function forwardRequest(
  parts: ForwardParts,
  live: { prepared: PreparedRequest },
  to: { branch: ProxyBranch; maxBreadth: number },
): SendingRequest {
  const { prepared } = live;
  const { target } = to.branch;
  const way = wayTo(target, prepared.route);
  const draft: RequestDraft = {
    method: prepared.request.method,
    uri: way.uri,
    headers: () => [],
    copy: {
      length: prepared.request.bytes.length + ADDED_OCTETS,
      branchSuffix: prepared.loopHash,
      build: (flow, by) => buildCopy(parts, prepared, { target, way, flow, ...by, maxBreadth: to.maxBreadth }),
    },
  };
  return parts.core.sender.send(draft, destinationOf(way), to.branch);
}

export function destinationOf({ flow, nextHop, secure, trustsFlow }: Way): Destination {
  return { flow, nextHop, secure, trustsFlow };
}

/** Via, Record-Route and Max-Breadth, about. */
const ADDED_OCTETS = 200;

/** A copy's way out, and what names its transaction there. */
interface WayOut {
  readonly target: ProxyTarget;
  readonly way: Way;
  readonly flow: SipFlow;
  readonly sentBy: string;
  readonly branch: string;
  readonly maxBreadth: number;
}

/** The octets of a copy on a flow. */
export function buildCopy(parts: ForwardParts, prepared: PreparedRequest, to: WayOut): Buffer {
  const { request, source } = prepared;
  const { target, way, flow, sentBy, branch, maxBreadth } = to;
  const recordRoutes = prepared.recordRouted
    ? parts.recordRoute.values({ request, from: source, to: flow, toByFlow: isOnlyByFlow(target, flow) })
    : NO_VALUES;
  return copyRequest(request, {
    uri: way.uri,
    own: parts.ownVias.of(flow, sentBy, maxBreadth),
    branch,
    markedVia: prepared.markedVia,
    maxForwards: prepared.maxForwards,
    recordRoutes,
    routes: way.routes,
    add: prepared.add,
    remove: prepared.remove,
  });
}

const NO_VALUES: readonly string[] = [];

/** §16.6 items 2, 6 and 7: Path in front of what is left of the Route set, and the last rewriting for strict routers. */
export function wayTo(target: ProxyTarget, route: PreprocessedRoute): Way {
  const uri = asRequestUri(target.uri);
  const flow = writableFlow(target.flow);
  const secure = target.secure === true || isSipsUri(uri);
  const by = { flow, secure, trustsFlow: target.trustsFlow === true };
  if (target.route === undefined && route.next === undefined) {
    return { uri, routes: route.routes, nextHop: uri, ...by };
  }
  const routes = [...(target.route ?? []).map((path) => `<${path}>`), ...(route.routes ?? [])];
  // Values that stayed untouched are still in the message; only a changed set is written anew.
  const changed = target.route !== undefined || route.routes !== undefined;
  const next = changed ? routes[0] : route.next;
  if (next === undefined) return { uri, routes: changed ? routes : undefined, nextHop: uri, ...by };
  if (isLoose(next)) return { uri, routes: changed ? routes : undefined, nextHop: routeUri(next), ...by };
  const strict = routeUri(next);
  return { uri: strict, routes: [...routes.slice(1), `<${uri}>`], nextHop: strict, ...by };
}

/** The target's URI does not lead to where its flow does: later requests need the flow too. */
function isOnlyByFlow(target: ProxyTarget, flow: SipFlow): boolean {
  if (target.flow === undefined) return false;
  if (flow.reliable) return true;
  const uri = parseSipOrSipsUri(target.uri);
  return uri === undefined || uri.host !== flow.remoteAddress || (uri.port ?? DEFAULT_PORT) !== flow.remotePort;
}

const DEFAULT_PORT = 5060;
