import { bracketHost, parseNameAddress, parseSipOrSipsUri } from '@carillon/sip-message';
import type { SipRequest, SipUri } from '@carillon/sip-message';
import type { OwnAddresses } from './own-addresses.js';
import type { RecordRoute } from './record-route.js';

/** A request's way when our own part of it is done (RFC 3261 §16.4). */
export interface PreprocessedRoute {
  /** What the Request-URI is now. */
  readonly uri: string;
  /** The Route values that are left; undefined when none had to be changed. */
  readonly routes: readonly string[] | undefined;
  /** Route header that is now on top, or undefined. */
  readonly next: string | undefined;
  /** The last of our own values, when it proves that this dialog goes through us. */
  readonly own: SipUri | undefined;
  /** One of our own addresses was on top, proven or not. */
  readonly wasForUs: boolean;
}

/** Takes our own values off the Route set and undoes what a strict router before us did. */
export function preprocessRoute(
  request: SipRequest,
  parts: { own: OwnAddresses; recordRoute: RecordRoute },
): PreprocessedRoute {
  const { own, recordRoute } = parts;
  if (request.findLine('Route') < 0 && !mayBeOurs(request.uriText)) {
    return { uri: request.uriText, routes: undefined, next: undefined, own: undefined, wasForUs: false };
  }
  let routes = request.values('Route');
  let uri = request.uriText;
  let vouched: SipUri | undefined;
  let wasForUs = false;
  let changed = false;
  // A strict router puts our Record-Route value into the Request-URI and the target behind the others.
  const asTarget = own.ownRoute(uri);
  const last = routes.at(-1);
  if (asTarget !== undefined && last !== undefined && recordRoute.vouchesFor(asTarget, request)) {
    uri = uriOf(last);
    routes = routes.slice(0, -1);
    vouched = asTarget;
    changed = true;
  } else if (asTarget !== undefined) uri = withoutMaddr(asTarget, uri, own);
  for (let taken = 0; taken < 2; taken++) {
    const top = routes[0];
    const route = top === undefined ? undefined : own.ownRoute(uriOf(top));
    if (route === undefined) break;
    // The second one of two that stand for one pass.
    if (taken === 1 && !(vouched !== undefined && recordRoute.isDouble(vouched) && recordRoute.isDouble(route))) break;
    wasForUs = true;
    changed = true;
    routes = routes.slice(1);
    if (recordRoute.vouchesFor(route, request)) vouched = route;
  }
  return { uri, routes: changed ? routes : undefined, next: routes[0], own: vouched, wasForUs };
}

/** Only a Request-URI with one of these can be our Record-Route value or need its maddr taken off. */
function mayBeOurs(uri: string): boolean {
  return uri.includes(';lr') || uri.includes(';maddr=');
}

function uriOf(route: string): string {
  return parseNameAddress(route)?.uri ?? route;
}

/** §16.4: a maddr that is ours has done its work, with the port and transport that belong to it. */
function withoutMaddr(uri: SipUri, text: string, own: OwnAddresses): string {
  const maddr = uri.parameters.get('maddr');
  if (maddr === undefined || !own.has(maddr.toLowerCase(), uri.port)) return text;
  const scheme = `${uri.scheme}:`;
  const at = text.indexOf('@');
  const user = at < 0 ? '' : text.slice(scheme.length, at + 1);
  return `${scheme}${user}${bracketHost(uri.host)}${uri.parameters.without('maddr').without('transport').text}`;
}

/** Whether a Route value asks for loose routing. */
export function isLoose(route: string): boolean {
  return parseSipOrSipsUri(uriOf(route))?.parameters.has('lr') === true;
}

export { uriOf as routeUri };
