import { parseUri, type SipRequest } from '@carillon/sip-message';
import { isSipsUri, type RoutedRequest, type UserAgent } from '@carillon/sip-stack';
import { shedCall, type SheddingParts } from '../border/shed-call.js';
import type { CallParts } from '../call/call-parts.js';
import { asksForEveryHop } from '../inbound/asks-for-every-hop.js';
import type { Authenticate } from '../inbound/authenticate.js';
import { withholdsOrigin } from '../inbound/caller-domain.js';
import { readGruu } from '../registrar/gruu.js';
import type { Registrar } from '../registrar/registrar.js';
import { isInstance } from '../routing/is-instance.js';
import { routeGruu } from '../routing/route-gruu.js';
import { normaliseNumber, routeNumber, type Route } from '../routing/route-call.js';
import type { Directory } from '../routing/directory.js';
import { proxyCall } from './proxy-call.js';
import type { ProxiedCalls } from './proxied-calls.js';
import { reachUser, type ReachablePhone } from './reach-user.js';
import { leftToCaller } from './left-to-caller.js';
import { redirectCaller } from './redirect-caller.js';

export interface RoleParts extends SheddingParts {
  readonly userAgent: UserAgent;
  readonly authenticate: Authenticate;
  readonly registrar: Registrar;
  readonly proxiedCalls: ProxiedCalls;
  readonly call: CallParts;
}

/** A call from one phone of an organisation to a member that has phones registered. */
export interface CallBetweenPhones {
  readonly directory: Directory;
  readonly route: Route;
  readonly phones: readonly ReachablePhone[];
}

/**
 * Decides what we are for a request: only a call between phones may be passed on or redirected, and only where its
 * organisation wants that. Everything else is the user agent's: registrations, mailboxes, menus, meetings, trunks.
 */
export function chooseRole(parts: RoleParts, routed: RoutedRequest): void | Promise<void> {
  if (routed.request.method !== 'INVITE') {
    routed.toUserAgent();
    return undefined;
  }
  const directory = parts.authenticate.directoryOf(routed.request);
  if (!(directory instanceof Promise)) return decide(parts, routed, directory);
  // Where the database is away, the user agent says so.
  return directory.then(
    (late) => decide(parts, routed, late),
    () => routed.toUserAgent(),
  );
}

function decide(parts: RoleParts, routed: RoutedRequest, directory: Directory | undefined): void | Promise<void> {
  const role = directory?.sipRole ?? 'b2bua';
  const found = directory === undefined || role === 'b2bua' ? undefined : callBetweenPhones(parts, routed, directory);
  const call = role === 'redirect' && found !== undefined ? leftToCaller(found, routed) : found;
  if (call === undefined) {
    routed.toUserAgent();
    return undefined;
  }
  const begun = routed.request.has('Proxy-Authorization') || routed.request.has('Authorization');
  // Between phones; help is outside.
  const shed = shedCall(parts, { begun, forHelp: () => false });
  if (shed !== undefined) {
    routed.reply(shed.status, shed.options);
    return undefined;
  }
  return role === 'proxy' ? proxyCall(parts, routed, call) : redirectCaller(parts, routed, call);
}

/** Undefined where it is anything else: a menu, a meeting, a trunk, a stranger, or nobody's phone is there to ring. */
function callBetweenPhones(
  { authenticate, registrar, userAgent }: RoleParts,
  { request, source, uri, hasRoute }: RoutedRequest,
  directory: Directory,
): CallBetweenPhones | undefined {
  // Nobody is led through us to where a Route of their own points.
  if (hasRoute) return undefined;
  // Hiding a caller takes someone who speaks for it (RFC 3323 §5).
  if (request.has('Privacy') || withholdsOrigin(request)) return undefined;
  if (!isMember(request, directory) || !authenticate.isOwnHost(directory, uri)) return undefined;
  const parsed = parseUri(uri);
  if ((parsed?.scheme !== 'sip' && parsed?.scheme !== 'sips') || parsed.user === undefined) return undefined;
  const isSecure = parsed.scheme === 'sips';
  // The user agent says what is wrong with it (RFC 5630 §5.3), or takes it from a phone that means no more.
  if (isSecure && request.contactUri !== undefined && !isSipsUri(request.contactUri)) return undefined;
  const gruu = readGruu(uri, directory.gruuSeal);
  const route =
    gruu === undefined
      ? routeNumber(directory, normaliseNumber(parsed.user).slice(0, 64), null)
      : routeGruu(directory, registrar, gruu);
  const first = route?.steps[0];
  if (route === undefined || route.target.kind !== 'user' || first?.kind !== 'ring') return undefined;
  const { userId } = route.target;
  if (userId === null) return undefined;
  const { only } = first;
  const bindings = registrar.ofUser(userId).filter((binding) => only === undefined || isInstance(binding, only));
  const phones = reachUser(userAgent, bindings, isSecure);
  // Only a user agent leads from `sips:` to `sip:`, which a phone that means its first hop wants where somebody has no more.
  const meansFirstHop = isSecure && !asksForEveryHop(uri, { request, source }, directory.deviceProfiles);
  if (meansFirstHop && phones.length < reachUser(userAgent, bindings, false).length) return undefined;
  return phones.length === 0 ? undefined : { directory, route, phones };
}

/** Whether From names a device or a number of the organisation: others come over trunks. */
function isMember(request: SipRequest, directory: Directory): boolean {
  const from = request.from === undefined ? undefined : parseUri(request.from.uri);
  if ((from?.scheme !== 'sip' && from?.scheme !== 'sips') || from.user === undefined) return false;
  return directory.devices.has(from.user) || directory.numbers.has(from.user);
}
