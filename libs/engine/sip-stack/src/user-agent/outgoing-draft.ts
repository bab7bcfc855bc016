import { Parameters, buildNameAddress, parseNameAddress, parseSipOrSipsUri } from '@carillon/sip-message';
import type { HeaderLine, NameAddress } from '@carillon/sip-message';
import type { RequestTarget } from '../api/outgoing-invite.js';
import { contactFor, isSipsUri } from '../dialog/contact-for.js';
import { asRequestUri } from '../dialog/dialog.js';
import { headerLines } from '../header-lines.js';
import type { RequestDraft } from '../transaction/request-draft.js';
import type { Destination } from './request-sender.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { Core } from './core.js';
import { serverLines } from './core.js';

const DEFAULT_MAX_FORWARDS = 70;

/** What a request outside a dialog keeps when it is sent again with credentials or a longer interval. */
export interface OutgoingIdentity {
  readonly callId: string;
  readonly local: NameAddress;
  readonly remote: NameAddress;
}

/** @throws TypeError when `from` or `to` is no address: a mistake of the caller, not of a peer */
export function outgoingIdentity(target: RequestTarget, fresh: { callId: string; tag: string }): OutgoingIdentity {
  const local = addressOf(target.from);
  return {
    callId: target.callId ?? fresh.callId,
    local: { ...local, parameters: local.parameters.with('tag', fresh.tag) },
    remote: addressOf(target.to ?? target.target),
  };
}

/** Text of a URI or name-addr to an address without tag. */
function addressOf(text: string): NameAddress {
  const address = parseNameAddress(text.includes('<') ? text : `<${text}>`);
  if (address === undefined) throw new TypeError(`Not a SIP address: ${text}`);
  return { ...address, parameters: Parameters.none };
}

/** A request outside a dialog (RFC 3261 §8.1.1). */
export function outgoingDraft(
  core: Core,
  target: RequestTarget,
  request: {
    identity: OutgoingIdentity;
    method: string;
    sequence: number;
    contact: { user: string | undefined } | undefined;
    extra: readonly HeaderLine[];
    body?: string | Uint8Array | undefined;
    contentType?: string | undefined;
  },
): RequestDraft {
  const { identity, method, sequence, contact, extra, body } = request;
  const { uri, routes } = wayOf(target);
  const headers = (flow: SipFlow): HeaderLine[] => {
    const lines: HeaderLine[] = [];
    for (const route of routes) lines.push(['Route', `<${route}>`]);
    lines.push(
      ['Max-Forwards', String(target.maxForwards ?? DEFAULT_MAX_FORWARDS)],
      ['From', buildNameAddress(identity.local)],
      ['To', buildNameAddress(identity.remote)],
      ['Call-ID', identity.callId],
      ['CSeq', `${sequence} ${method}`],
    );
    if (contact !== undefined) {
      const own = core.transport.contactUri(flow.protocol, contact.user, flow);
      lines.push(['Contact', contactFor(own, goesSecure(target))]);
    }
    lines.push(...serverLines(core.capabilities, 'User-Agent'), ...extra, ...headerLines(target.headers));
    if (body !== undefined) lines.push(['Content-Type', request.contentType ?? 'application/sdp']);
    return lines;
  };
  return { method, uri, headers, body };
}

/** Request-URI and Route headers; a first Route without `lr` is a strict router, which wants to be the Request-URI (§12.2.1.1). */
export function wayOf(target: Pick<RequestTarget, 'target' | 'route'>): { uri: string; routes: readonly string[] } {
  const { target: uri, route = [] } = target;
  const [first, ...others] = route;
  if (first === undefined || parseSipOrSipsUri(first)?.parameters.has('lr') !== false)
    return { uri: asRequestUri(uri), routes: route };
  return { uri: asRequestUri(first), routes: [...others, uri] };
}

/** Whether a request must be secure on every hop, and so must what it makes (§8.1.1.8): by Request-URI or first Route. */
export function goesSecure(target: Pick<RequestTarget, 'target' | 'route'>): boolean {
  return isSipsUri(target.target) || isSipsUri(target.route?.[0]);
}

/** Where a request outside a dialog goes first (§8.1.2). */
export function outgoingDestination(core: Core, target: RequestTarget): Destination {
  const flow = target.flow === undefined ? undefined : core.transport.wayOf(target.flow);
  const secure = target.secure === true || goesSecure(target);
  const { trustsFlow, family, elsewhere, answerWithinMilliseconds } = target;
  const nextHop = target.route?.[0] ?? target.target;
  return { flow, nextHop, secure, trustsFlow, family, elsewhere, answerWithinMilliseconds };
}
