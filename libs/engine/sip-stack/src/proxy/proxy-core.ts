import type { HeaderLine, SipRequest, SipResponse } from '@carillon/sip-message';
import type { ProxyOptions, ProxyPlan, ProxyTarget } from '../api/routed-request.js';
import type { UserAgentEvents } from '../api/user-agent.js';
import { isSipsUri } from '../dialog/contact-for.js';
import { inScheme, SIPS_NOT_ALLOWED } from '../dialog/secure-hops.js';
import { headerLines } from '../header-lines.js';
import { markVia } from '../transaction/mark-via.js';
import type { Refusal } from '../transaction/sanity-checks.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { Core } from '../user-agent/core.js';
import { parseFlowToken } from './flow-token.js';
import type { ForwardParts, PreparedRequest } from './forward-request.js';
import { loopHash } from './loop-hash.js';
import { OwnAddresses } from './own-addresses.js';
import { OwnVias } from './own-vias.js';
import { preprocessRoute } from './preprocess-route.js';
import type { PreprocessedRoute } from './preprocess-route.js';
import { ReceivedRoute } from './received-route.js';
import { RecordRoute } from './record-route.js';
import { ResponseContext } from './response-context.js';
import { askInterval } from './session-interval.js';
import { sipHash } from './sip-hash.js';
import { StatelessForwarder } from './stateless.js';
import { incomingMaxBreadth, nextMaxForwards, tooBriefInterval, validateRequest } from './validate-request.js';

/** Methods whose first request makes a dialog that we stay in (RFC 3261 §12.1, RFC 6665, RFC 3515). */
const MAKES_DIALOG: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'REFER']);
const SECRET_OCTETS = 16;
const NOTHING: ReadonlySet<string> = new Set();
const NO_LINES: readonly HeaderLine[] = [];

/** What came with a request. */
interface Arrival {
  readonly flow: SipFlow;
  readonly route: PreprocessedRoute;
}

/** What a 3xx brings is no way from one scheme into the other either: it goes back to the caller (RFC 5630 §5.3). */
function planInScheme(uri: string, plan: ProxyPlan): ProxyPlan {
  const targets = inScheme(uri, plan.targets);
  const { recurse } = plan;
  if (recurse === undefined) return targets === plan.targets ? plan : { ...plan, targets };
  const isSecure = isSipsUri(uri);
  return { ...plan, targets, recurse: (redirect) => recurse(redirect).filter((to) => isSipsUri(to.uri) === isSecure) };
}

/** The second user of the transactions, beside the user agent: what is only passing goes through here. */
export class ProxyCore {
  readonly parts: ForwardParts;
  private readonly own: OwnAddresses;
  private readonly stateless: StatelessForwarder;
  private readonly contexts = new Set<ResponseContext>();

  constructor(
    core: Core,
    private readonly handlers: Partial<UserAgentEvents>,
    private readonly options: ProxyOptions & {
      random: (octets: number) => Uint8Array;
      advertisedAddress: string | undefined;
    },
  ) {
    const hash = sipHash((options.secret ?? options.random(SECRET_OCTETS)).slice(0, SECRET_OCTETS));
    this.own = new OwnAddresses(core.transport.addresses, options.advertisedAddress, options.isOwnHost);
    this.parts = { core, recordRoute: new RecordRoute(core.transport, hash), ownVias: new OwnVias(core.transport) };
    this.stateless = new StatelessForwarder(this.parts, this.own, hash);
  }

  /** Requests that are being forwarded and have no final response yet. */
  get pending(): number {
    return this.contexts.size;
  }

  /** Takes a new request, or leaves it to the user agent. */
  claim(request: SipRequest, flow: SipFlow): boolean {
    if (this.handlers.route === undefined) return false;
    const route = preprocessRoute(request, { own: this.own, recordRoute: this.parts.recordRoute });
    if (request.toTag !== undefined) {
      if (this.claimInDialog(request, { flow, route })) return true;
      // The ACK of a failure whose INVITE was forwarded without state has nothing but its branch (§16.11).
      if (request.method !== 'ACK' || this.parts.core.dialogs.findFor(request) !== undefined) return false;
    }
    const received = new ReceivedRoute(this, request, { flow, route });
    this.guarded(received, request);
    return true;
  }

  /** A response without a transaction. */
  stray(response: SipResponse): void {
    if (this.handlers.route !== undefined) this.stateless.return(response);
  }

  forwardStateful(
    request: SipRequest,
    about: Arrival & { plan: ProxyPlan },
    begun: ServerTransaction | undefined,
  ): void {
    const { transactions } = this.parts.core;
    const { flow, route } = about;
    const plan = planInScheme(route.uri, about.plan);
    const isUnsafe = plan.targets.length === 0 && about.plan.targets.length > 0;
    const refusal =
      this.check(request, route) ??
      tooBriefInterval(request, plan.minimumSessionSeconds) ??
      (isUnsafe ? SIPS_NOT_ALLOWED : undefined);
    if (refusal?.status === 483 && request.method === 'OPTIONS' && request.toTag === undefined) {
      // §11: who asks with Max-Forwards 0 asks us; in a dialog of two others we would deny that it is there.
      transactions.admit(request, flow, begun);
      return;
    }
    const full = begun === undefined ? transactions.refuseWhenFull() : undefined;
    if (full !== undefined) {
      transactions.replyStateless(request, flow, full);
      return;
    }
    const transaction = begun ?? transactions.begin(request, flow);
    if (refusal !== undefined) {
      transaction.respond(refusal.status, refusal);
      return;
    }
    const prepared = this.prepare(request, about, plan);
    const finished = (done: ResponseContext): void => void this.contexts.delete(done);
    const toUserAgent = (taken: ServerTransaction): void => transactions.admit(request, flow, taken);
    const context = new ResponseContext({ ...this.parts, finished, toUserAgent }, { transaction, prepared, plan });
    this.contexts.add(context);
    context.start();
  }

  forwardStateless(request: SipRequest, about: Arrival & { target: ProxyTarget }): void {
    const refusal = this.check(request, about.route);
    if (refusal === undefined) this.stateless.forward(this.prepare(request, about, undefined), about.target);
    else this.parts.core.transactions.replyStateless(request, about.flow, refusal);
  }

  /** Ends what is being forwarded, without a word. */
  close(): void {
    for (const context of this.contexts) context.close();
    this.contexts.clear();
  }

  /** §16.4 and RFC 5626 §5.3: a dialog goes through us by our own Record-Route value, and by nothing else. */
  private claimInDialog(request: SipRequest, arrival: Arrival): boolean {
    const { flow, route } = arrival;
    if (route.own === undefined) {
      // A phone may name us as its outbound proxy and still talk to our own user agent.
      if (!route.wasForUs || (route.next === undefined && this.own.ownRoute(route.uri) !== undefined)) return false;
      this.parts.core.transactions.replyStateless(request, flow, { status: 403, reason: 'Not a dialog of this proxy' });
      return true;
    }
    const way = this.flowOf(route, request);
    if (way === 'gone') {
      this.parts.core.transactions.replyStateless(request, flow, { status: 430, reason: 'Flow Failed' });
      return true;
    }
    this.handlers.passing?.({
      request,
      source: { protocol: flow.protocol, address: flow.remoteAddress, port: flow.remotePort, flow },
    });
    // By the very flow that the dialog was made by, secure or not: there is no other.
    const target: ProxyTarget = { uri: route.uri, flow: way, trustsFlow: true };
    if (request.method === 'ACK') this.forwardStateless(request, { ...arrival, target });
    else this.forwardStateful(request, { ...arrival, plan: this.planInDialog(request, target) }, undefined);
    return true;
  }

  private planInDialog(request: SipRequest, target: ProxyTarget): ProxyPlan {
    const { passed } = this.handlers;
    const targets = [target];
    return passed === undefined ? { targets } : { targets, onFinal: (outcome) => passed({ request, outcome }) };
  }

  /** The flow that our Record-Route notes for the other side. */
  private flowOf(route: PreprocessedRoute, request: SipRequest): SipFlow | 'gone' | undefined {
    const { own } = route;
    const token = own?.user === undefined ? undefined : parseFlowToken(own.user);
    if (own === undefined || token === undefined) return undefined;
    const id = this.parts.recordRoute.fromCaller(own, request) === true ? token.callee : token.caller;
    if (id === '') return undefined;
    const flow = this.parts.core.transport.findFlow(id);
    return flow?.open === true ? flow : 'gone';
  }

  private check(request: SipRequest, route: PreprocessedRoute): Refusal | undefined {
    return validateRequest(request, { uri: route.uri, own: this.own, supported: NOTHING });
  }

  private prepare(request: SipRequest, arrival: Arrival, plan: ProxyPlan | undefined): PreparedRequest {
    const { method } = request;
    const asked = plan === undefined ? undefined : askInterval(request, this.options.sessionExpiresSeconds);
    const add = plan?.headers === undefined ? NO_LINES : headerLines(plan.headers);
    const remove = plan?.remove === undefined ? NOTHING : new Set(plan.remove.map((name) => name.toLowerCase()));
    const recordRouted = plan !== undefined && plan.recordRoute !== false && MAKES_DIALOG.has(method);
    return {
      request,
      source: arrival.flow,
      route: arrival.route,
      markedVia: markVia(request, arrival.flow),
      maxForwards: nextMaxForwards(request),
      maxBreadth: incomingMaxBreadth(request),
      loopHash: loopHash(request),
      recordRouted,
      asked,
      add: asked?.line === undefined ? add : [...add, asked.line],
      remove: asked?.line === undefined ? remove : new Set([...remove, 'session-expires']),
    };
  }

  /** A handler that throws or rejects costs its own request a 500. */
  private guarded(received: ReceivedRoute, request: SipRequest): void {
    const failed = (error: unknown): void => {
      const text = error instanceof Error ? error.stack : String(error);
      this.parts.core.logger.error({ method: request.method, callId: request.callId, error: text }, 'Handler failed');
      received.fail();
    };
    try {
      const result = this.handlers.route?.(received);
      received.hold();
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}
