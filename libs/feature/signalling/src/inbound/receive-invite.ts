import { isEmergencyNumber } from '@carillon/domain';
import { isSipsUri, type IncomingInvite } from '@carillon/sip-stack';
import { startCall, type CallBeginning } from '../call/actions/start-call.js';
import { takeOver } from '../call/actions/take-over.js';
import { sipsNotAllowed } from '../call/call-failure.js';
import type { CallParts } from '../call/call-parts.js';
import { partyFromTrunk, preferredParty } from '../call/identity/claimed-identity.js';
import { mediaWarning } from '../call/headers/media-warning.js';
import { NO_PRIVACY, readPrivacy, type Privacy } from '../call/identity/privacy.js';
import { remarks } from '../ladder/remarks.js';
import { LIMITS } from '../limits.js';
import { readGruu } from '../registrar/gruu.js';
import { routeForHelp } from '../routing/route-for-help.js';
import { routeGruu } from '../routing/route-gruu.js';
import { routeDialled, routeFromTrunk, type Route } from '../routing/route-call.js';
import type { Directory } from '../routing/directory.js';
import { mayCarryKeys, mustEncrypt } from '../trunks/trunk-encryption.js';
import { recogniseTrunk, type Recognition, type RecogniseParts } from '../trunks/recognise-trunk.js';
import type { Trunk } from '../trunks/trunk.js';
import type { OverloadGuard } from '../border/overload-guard.js';
import { shedCall } from '../border/shed-call.js';
import type { ShedLog } from '../border/shed-log.js';
import { asksForEveryHop } from './asks-for-every-hop.js';
import { asksForHelp } from './asked-service.js';
import type { Authenticate, Authentication, Refusal } from './authenticate.js';
import { cameInClear } from './came-in-clear.js';
import { partyOf, type Caller } from './caller.js';
import { withholdsOrigin } from './caller-domain.js';
import { dialledNumber } from './dialled-number.js';
import { isForHelp } from './for-help.js';

export interface InviteParts {
  readonly authenticate: Authenticate;
  readonly overload: OverloadGuard;
  readonly shed: ShedLog;
  readonly recognise: RecogniseParts;
  readonly call: CallParts;
}

/** What the steps find out about an INVITE, one after the other. */
interface Arrival {
  readonly invite: IncomingInvite;
  caller?: Caller;
  /** In place of a caller. */
  trunk?: TrunkArrival;
  route?: Route;
  /** It is a call for an emergency service, which is asked for by its name. */
  asksForHelp?: boolean;
}

interface TrunkArrival {
  readonly trunk: Trunk;
  readonly directory: Directory;
  readonly number: string;
}

type Later<Outcome> = Outcome | Promise<Outcome>;
type InviteStep = (parts: InviteParts, arrival: Arrival) => Later<Refusal | undefined>;

/** The way of an INVITE into the system: each step refuses it or lets it pass to the next. */
const INVITE_STEPS: readonly InviteStep[] = [
  shedOverload,
  recogniseLine,
  screenKeys,
  authenticateCaller,
  screenWay,
  screenContact,
  screenDomain,
  screenPrivacy,
  screenDialogs,
  limitCaller,
  route,
];

export async function receiveInvite(parts: InviteParts, invite: IncomingInvite): Promise<void> {
  const arrival: Arrival = { invite };
  for (const step of INVITE_STEPS) {
    const found = step(parts, arrival);
    // What is in memory is known at once: nothing is gained by another turn.
    const refusal = found instanceof Promise ? await found : found;
    if (refusal === undefined) continue;
    if (refusal.status !== 401)
      parts.call.ladders.noteInvite(invite.callId, remarks.refused(refusal.status, refusal.options?.reason));
    invite.reject(refusal.status, refusal.options);
    // Being asked for credentials is part of every call.
    if (refusal.status !== 401) parts.call.figures.refusedInvites.inc({ status: String(refusal.status) });
    return;
  }
  const { caller, trunk, route: led } = arrival;
  if (caller !== undefined && invite.replaces !== undefined && invite.state === 'ringing') {
    const presented = { party: preferredParty(invite.request, caller), privacy: privacyOf(invite) };
    await takeOver(parts.call, { invite, caller, presented });
    return;
  }
  if (trunk !== undefined && led !== undefined && invite.state === 'ringing') {
    await startCall(parts.call, fromTrunk(invite, trunk, led));
    return;
  }
  if (caller === undefined || led === undefined || invite.state !== 'ringing') return;
  await startCall(parts.call, {
    invite,
    directory: caller.directory,
    route: led,
    from: partyOf(caller.user),
    presented: { party: preferredParty(invite.request, caller), privacy: privacyOf(invite) },
    deviceId: caller.device.deviceId,
    deviceName: caller.device.name,
    asksForHelp: arrival.asksForHelp === true,
  });
}

function fromTrunk(invite: IncomingInvite, { trunk, directory }: TrunkArrival, route: Route): CallBeginning {
  const party = partyFromTrunk(invite.request, trunk.trusted);
  const presented = { party, privacy: privacyOf(invite) };
  return { invite, directory, route, from: party, presented, deviceId: null, deviceName: trunk.name, trunk };
}

/** A phone that writes nobody into From wants no other name there either, though it may not say so in Privacy. */
function privacyOf({ request }: IncomingInvite): Privacy {
  const wish = readPrivacy(request);
  if (!wish.ok) return NO_PRIVACY;
  return withholdsOrigin(request) && !wish.privacy.has('none') ? new Set([...wish.privacy, 'id']) : wish.privacy;
}

/** RFC 3261 §21.5.4, before anything is spent on the call. What comes over a trunk is nobody's first try. */
function shedOverload(parts: InviteParts, { invite }: Arrival): Refusal | undefined {
  const { authenticate, call, overload, shed, recognise } = parts;
  const { request, source } = invite;
  const begun = request.has('Authorization') || recognise.trunks.isPeer(source.address);
  const forHelp = (): boolean => isForHelp(request, authenticate.knownDirectoryOf(request));
  return shedCall({ calls: call.calls, overload, shed }, { begun, forHelp });
}

/** A call over a trunk: known by its source or by the trunk's password, and within its limits. */
function recogniseLine({ recognise, call }: InviteParts, arrival: Arrival): Later<Refusal | undefined> {
  const found = recogniseTrunk(recognise, arrival.invite);
  if (found instanceof Promise) return found.then((late) => takeLine(call, arrival, late));
  return found.kind === 'other' ? undefined : takeLine(call, arrival, found);
}

async function takeLine(call: CallParts, arrival: Arrival, found: Recognition): Promise<Refusal | undefined> {
  if (found.kind === 'other') return undefined;
  if (found.kind === 'refused') return found;
  const { trunk, organisationId } = found.line;
  const directory = await call.directories.of(organisationId);
  if (directory === undefined) return { status: 404 };
  if (call.trunks.admit(trunk) !== 'admitted')
    return { status: 503, options: { reason: 'All lines are busy', headers: { 'Retry-After': '10' } } };
  arrival.trunk = { trunk, directory, number: found.number };
  return undefined;
}

/** Where a line takes encrypted sound alone, keys that others could read on the way are as good as none. */
function screenKeys(_parts: InviteParts, { invite, trunk }: Arrival): Refusal | undefined {
  if (trunk === undefined || !mustEncrypt(trunk.trunk)) return undefined;
  const { protocol } = invite.source;
  if (mayCarryKeys(trunk.trunk, protocol)) return undefined;
  const reason = `Keys of SRTP are readable over ${protocol.toUpperCase()}`;
  const refusal = { ok: false, code: 'MEDIA.TRANSPORT_NOT_ACCEPTABLE', detail: reason } as const;
  return { status: 488, options: { reason, headers: mediaWarning(refusal, trunk.directory.sipDomain) } };
}

function authenticateCaller({ authenticate, call }: InviteParts, arrival: Arrival): Later<Refusal | undefined> {
  if (arrival.trunk !== undefined) return undefined;
  const found = authenticate.check(arrival.invite);
  if (found instanceof Promise) return found.then((late) => takeCaller(call, arrival, late));
  return takeCaller(call, arrival, found);
}

function takeCaller(call: CallParts, arrival: Arrival, authentication: Authentication): Refusal | undefined {
  if (!authentication.ok) return authentication;
  arrival.caller = authentication.caller;
  call.ladders.noteInvite(arrival.invite.callId, remarks.authenticated(authentication.caller));
  return undefined;
}

/** What asks for TLS on every hop and comes without it on the first could not even be acknowledged (RFC 3261 §26.2.2). */
function screenWay(_parts: InviteParts, { invite, caller, trunk }: Arrival): Refusal | undefined {
  if (!isSipsUri(invite.request.uriText) || !cameInClear(invite)) return undefined;
  const { reason, sipStatus, headers } = sipsNotAllowed((caller ?? trunk)?.directory.sipDomain ?? 'sip');
  return { status: sipStatus, options: { reason, headers: headers ?? {} } };
}

/**
 * Requests in a dialog of `sips:` go to Contacts of `sips:` (RFC 3261 §8.1.1.8): one that names none could only be reached on a way
 * that is not as secure (RFC 5630 §5.1.2). Phones that mean their first hop alone are not taken at their word there either,
 * and no call for help is lost over it.
 */
function screenContact(_parts: InviteParts, { invite, caller }: Arrival): Refusal | undefined {
  const { uriText, contactUri } = invite.request;
  if (!isSipsUri(uriText) || contactUri === undefined || isSipsUri(contactUri)) return undefined;
  if (caller !== undefined && !asksForEveryHop(uriText, invite, caller.directory.deviceProfiles)) return undefined;
  if (isEmergencyNumber(dialledNumber(invite.request) ?? '')) return undefined;
  return { status: 400, options: { reason: 'A sips: call needs a sips: Contact' } };
}

/** Calls go to numbers of the caller's own organisation; another domain is not ours to reach. */
function screenDomain({ authenticate }: InviteParts, { invite, caller }: Arrival): Refusal | undefined {
  const { request } = invite;
  if (asksForHelp(request)) return undefined;
  // Names of nobody's that the stack lets through for the sake of those.
  if (request.uri?.scheme === 'other') return { status: 416 };
  if (caller === undefined || authenticate.isOwnHost(caller.directory, request.uriText)) return undefined;
  // A telephone number is in no domain (RFC 3966): it is dialled as any other.
  if (request.uri?.scheme === 'tel') return undefined;
  return { status: 404, options: { reason: 'Unknown domain' } };
}

/** Privacy that is critical and that we cannot give: better no call (RFC 3323 §5). */
function screenPrivacy(_parts: InviteParts, { invite }: Arrival): Refusal | undefined {
  const wish = readPrivacy(invite.request);
  return wish.ok ? undefined : { status: 500, options: { reason: 'Privacy service not available' } };
}

/** Only members take calls over; joining one (RFC 3911) makes a conference, which rooms are for. */
function screenDialogs(_parts: InviteParts, { invite, caller }: Arrival): Refusal | undefined {
  if (invite.joins !== undefined) return { status: 488, options: { reason: 'Calls cannot be joined' } };
  return invite.replaces !== undefined && caller === undefined ? { status: 403 } : undefined;
}

function limitCaller({ call }: InviteParts, { caller, invite }: Arrival): Refusal | undefined {
  if (caller === undefined) return undefined;
  const count = call.calls.countOfUser(caller.user.userId);
  if (count < LIMITS.callsPerUser) return undefined;
  const most = LIMITS.callsPerUser + LIMITS.forHelp.callsPerUser;
  if (count < most && isForHelp(invite.request, caller.directory)) return undefined;
  call.ladders.noteInvite(invite.callId, remarks.tooManyCalls(caller.user.displayName, LIMITS.callsPerUser));
  return { status: 486, options: { reason: 'Too many calls' } };
}

/** An unknown number has a route too, without steps: the call is written down and refused with 404. */
function route({ call, authenticate }: InviteParts, arrival: Arrival): Refusal | undefined {
  const { invite, caller, trunk } = arrival;
  const directory = trunk?.directory ?? caller?.directory;
  if (directory === undefined) return { status: 403 };
  const { request } = invite;
  const { uriText } = request;
  // A name that is for one phone alone leads there whoever was given it, by a trunk as well (RFC 5627 §6.1).
  const gruu = authenticate.isOwnHost(directory, uriText) ? readGruu(uriText, directory.gruuSeal) : undefined;
  if (gruu !== undefined) {
    arrival.route = routeGruu(directory, call.registrar, gruu);
    return arrival.route === undefined ? { status: 404 } : undefined;
  }
  if (trunk !== undefined) {
    arrival.route = routeFromTrunk(trunk.directory, trunk.trunk, trunk.number);
    return undefined;
  }
  if (caller === undefined) return { status: 403 };
  const dialling = { callerUserId: caller.user.userId, payerUserId: caller.user.userId };
  arrival.asksForHelp = asksForHelp(request);
  const isOurs = request.uri?.scheme === 'tel' || authenticate.isOwnHost(caller.directory, uriText);
  const number = isOurs ? dialledNumber(request) : undefined;
  const dialled = number === undefined ? undefined : routeDialled(caller.directory, number, dialling);
  // Who is to answer is for the Request-URI to say, where it names somebody.
  const leadsNowhere = dialled === undefined || dialled.steps.length === 0;
  arrival.route = arrival.asksForHelp && leadsNowhere ? routeForHelp(caller.directory, dialling) : dialled;
  return arrival.route === undefined ? { status: 404 } : undefined;
}
