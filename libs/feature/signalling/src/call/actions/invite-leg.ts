import { isIPv6 } from 'node:net';
import type { OfferedEncryption } from '@carillon/contracts';
import { sipUri, type SipResponse } from '@carillon/sip-message';
import type { Flow, InviteProgress, InviteSession, RequestFailure, RequestTarget } from '@carillon/sip-stack';
import type { Binding } from '../../registrar/binding.js';
import { remarks } from '../../ladder/remarks.js';
import { reachBinding } from '../../registrar/reach-binding.js';
import { presentOnTrunk } from '../../trunks/present-on-trunk.js';
import { mustEncrypt } from '../../trunks/trunk-encryption.js';
import type { Trunk } from '../../trunks/trunk.js';
import type { Call } from '../call.js';
import type { MediaOutcome } from '../call-media.js';
import type { CallParts } from '../call-parts.js';
import { callsForHelp } from '../calls-for-help.js';
import { tellOfPlace, type PlaceTold } from '../headers/conveyed-location.js';
import { audienceOf, inviteHeaders, placeRefusal, placesFor, tellsOfPlace } from '../headers/leg-headers.js';
import { isHidden, presentFrom, type Presented } from '../identity/present-party.js';
import type { Leg } from '../leg.js';
import { deviceManners } from './device-manners.js';
import { encryptionsToTry } from './encryptions-to-try.js';
import { notAcceptable } from './end-leg.js';
import { unheardBecause } from './unheard-because.js';

/** RFC 5626 §11.5 */
const FLOW_FAILED = 430;
const UNSUPPORTED_MEDIA_TYPE = 415;
/** RFC 6442 §4.3 */
const BAD_LOCATION = 424;
const NOT_ACCEPTABLE_HERE = 488;
const SERVICE_UNAVAILABLE = 503;
/** RFC 3261 §21.4.26, §21.6.4. */
const NOT_ACCEPTABLE: ReadonlySet<number> = new Set([NOT_ACCEPTABLE_HERE, 606]);
/** Of who is called, of our right to call, or of how busy it is there: these would be the same without the place of the caller. */
const WHATEVER_IT_SAYS: ReadonlySet<number> = new Set([
  ...[401, 402, 404, 407, 408, 410, 480, 482, 483, 484, 485, 486, 487],
  ...[SERVICE_UNAVAILABLE, 600, 603, 604, 607, 608],
]);

/** The way to who is called: a registered contact, or a number over a trunk. */
export type LegWay =
  /** `others`: further flows to the same phone, tried one after the other where a flow has failed (RFC 5626 §7). */
  | { readonly kind: 'device'; readonly binding: Binding; readonly others?: readonly Binding[] }
  | { readonly kind: 'trunk'; readonly trunk: Trunk; readonly number: string; readonly place?: PlaceTold };

/** Who hears what becomes of the INVITE to a leg. */
export interface LegListener {
  /** An INVITE goes out: the first, or another after a refusal. */
  invited(leg: Leg): void;
  progressed(
    leg: Leg,
    response: SipResponse,
    more: { readonly sdp: string | undefined; readonly about: InviteProgress },
  ): void;
  accepted(
    leg: Leg,
    response: SipResponse,
    more: { readonly session: InviteSession; readonly sdp: string | undefined },
  ): void;
  rejected(leg: Leg, failure: RequestFailure): void;
}

export interface LegInvitation {
  readonly way: LegWay;
  /** Whom the phone shows as the caller. */
  readonly shown: Presented;
  readonly listener: LegListener;
}

/** A leg that is being invited; its way and its protection change where the first are refused. */
interface Inviting {
  readonly shown: Presented;
  readonly listener: LegListener;
  readonly profiles: Parameters<typeof deviceManners>[1];
  way: LegWay;
  reach: Reach;
  /** How much of the caller's place goes along, where it may at all. */
  place: PlaceTold;
  /** Of a trunk: an address of each family that its name leads to and that is still to be tried. */
  places: readonly string[];
  /** They were of both. */
  readonly isOfBoth: boolean;
  /** What is offered now, and what is still to be tried. */
  encryptions: readonly OfferedEncryption[];
  /** All of them, in their order. */
  readonly protections: readonly OfferedEncryption[];
}

/** Calls with an offer of ours. Not ok where it cannot even be tried. */
export async function inviteLeg(
  parts: CallParts,
  call: Call,
  leg: Leg,
  { way: wanted, shown, listener }: LegInvitation,
): Promise<MediaOutcome> {
  const way = firstReachable(parts, wanted, call.secure);
  if (way.kind === 'trunk') {
    leg.trunk = way.trunk;
    leg.isEmergency = callsForHelp(call, way.number);
  }
  const reach = reachOf(parts, call, leg, way);
  if (reach === undefined) return { ok: false, code: 'CALL.UNREACHABLE' };
  const { directories } = parts;
  const directory = directories.current(call.organisationId) ?? (await directories.of(call.organisationId));
  const profiles = directory?.deviceProfiles ?? [];
  const encryptions = encryptionsToTry(way, profiles);
  if (encryptions.length === 0) return KEYS_READABLE;
  const places = way.kind === 'trunk' ? await placesOf(parts, reach) : [];
  // Given up meanwhile: nobody hears what becomes of it.
  if (!leg.live) return GIVEN_UP;
  const isOfBoth = places.length > 1;
  return offerMedia(parts, call, leg, {
    shown,
    listener,
    profiles,
    way,
    reach,
    place: (way.kind === 'trunk' ? way.place : undefined) ?? 'all',
    places,
    isOfBoth,
    encryptions,
    protections: encryptions,
  });
}

/** Invites with the first of the protections; those behind it are for who refuses that one. */
async function offerMedia(parts: CallParts, call: Call, leg: Leg, inviting: Inviting): Promise<MediaOutcome> {
  const preferCodecsOf = call.led?.endpoint;
  const [encryption = 'none'] = inviting.encryptions;
  const opened = await parts.media.open(call, leg, {
    ...(preferCodecsOf === undefined ? {} : { preferCodecsOf }),
    encryption,
    mustEncrypt: mustEncrypt(leg.trunk),
    towards: inviting.reach.flow?.remoteAddress ?? inviting.places[0],
  });
  if (!opened.ok) return opened;
  leg.offer = opened.sdp;
  sendInvite(parts, call, leg, inviting);
  return FINE;
}

const FINE: MediaOutcome = { ok: true };
const GIVEN_UP: MediaOutcome = { ok: false, code: 'CALL.GIVEN_UP' };
const KEYS_READABLE: MediaOutcome = {
  ok: false,
  code: 'MEDIA.TRANSPORT_NOT_ACCEPTABLE',
  detail: 'Its sound must be encrypted, and its keys would be readable on the way.',
};

interface Reach {
  readonly target: string;
  readonly flow: Flow | undefined;
  readonly route: readonly string[] | undefined;
  readonly secure?: boolean | undefined;
  readonly trustsFlow?: boolean | undefined;
  readonly credentials: RequestTarget['credentials'];
  readonly to: string | undefined;
}

function sendInvite(parts: CallParts, call: Call, leg: Leg, inviting: Inviting): void {
  const { way, reach, profiles, listener } = inviting;
  const shown = way.kind === 'trunk' ? presentOnTrunk(inviting.shown, way.trunk) : inviting.shown;
  const attached = inviting.place === 'all' ? placesFor(call, leg) : [];
  const place = inviting.place === 'all' && attached.length === 0 ? 'by-reference' : inviting.place;
  const headers = tellOfPlace(inviteHeaders(call, leg, shown), place);
  const manners = way.kind === 'trunk' ? undefined : deviceManners(way.binding, profiles, headers);
  const invite = parts.userAgent.invite({
    target: reach.target,
    flow: reach.flow,
    route: reach.route,
    secure: reach.secure,
    trustsFlow: reach.trustsFlow,
    family: familyToDial(inviting),
    elsewhere: inviting.places.length > 1,
    credentials: reach.credentials,
    to: reach.to,
    // The caller as we know it, never as its phone put it.
    from: presentFrom(shown, audienceOf(call, leg)),
    headers: manners?.headers ?? headers,
    reliableProvisional: manners?.reliableProvisional,
    sessionTimer: manners?.sessionTimer,
    sdp: leg.offer,
    attached,
    maxForwards: hopsLeft(call),
    contactUser: isHidden(shown) ? undefined : shown.party.number,
  });
  if (leg.origin.kind === 'outgoing') leg.origin.invite = invite;
  listener.invited(leg);
  const device = way.kind === 'trunk' ? way.trunk.name : way.binding.device.deviceName;
  parts.ladders.join(call, leg, { sipCallId: invite.callId, device });
  invite.on('progress', (response, sdp, about) => listener.progressed(leg, response, { sdp, about }));
  invite.on('accepted', (session, response, sdp) => accepted(parts, call, leg, { inviting, response, session, sdp }));
  invite.on('rejected', (failure) => refused(parts, call, leg, { inviting, failure }));
}

/** An answer that nobody would hear is none; the phone may do better with another offer. */
function accepted(
  parts: CallParts,
  call: Call,
  leg: Leg,
  taken: {
    readonly inviting: Inviting;
    readonly response: SipResponse;
    readonly session: InviteSession;
    readonly sdp: string | undefined;
  },
): void {
  const { inviting, response, session, sdp } = taken;
  const why = inviting.encryptions.length > 1 && leg.live ? unheardBecause(leg.offer, sdp) : undefined;
  if (why === undefined) {
    inviting.listener.accepted(leg, response, { session, sdp });
    return;
  }
  void session.bye({ reason: notAcceptable(why) });
  const failure: RequestFailure = { ok: false, status: NOT_ACCEPTABLE_HERE, reason: why, cause: 'response' };
  void offerOtherwise(parts, call, leg, { inviting, failure });
}

/** Another protection, or another flow, may still be taken. */
function refused(
  parts: CallParts,
  call: Call,
  leg: Leg,
  { inviting, failure }: { readonly inviting: Inviting; readonly failure: RequestFailure },
): void {
  if (leg.live && NOT_ACCEPTABLE.has(failure.status) && inviting.encryptions.length > 1) {
    void offerOtherwise(parts, call, leg, { inviting, failure });
    return;
  }
  if (leg.live && inviting.places.length > 1 && isOfServer(failure)) {
    inviting.places = inviting.places.slice(1);
    void offerAgain(parts, call, leg, { inviting, failure });
    return;
  }
  const less = leg.live ? lessOfPlace(call, leg, { inviting, failure }) : undefined;
  if (less !== undefined) {
    inviting.place = less;
    tellLess(parts, call, leg, { inviting, failure });
    return;
  }
  const other = leg.live ? otherFlow(parts, inviting.way, { failure, secure: call.secure }) : undefined;
  const again = other === undefined ? undefined : reachOf(parts, call, leg, other);
  if (other === undefined || again === undefined) {
    inviting.listener.rejected(leg, failure);
    return;
  }
  inviting.way = other;
  inviting.reach = again;
  sendInvite(parts, call, leg, inviting);
}

/**
 * No call for help is lost over what it says of the caller's place, whichever refusal a peer has for a multipart or a place that it
 * does not take (RFC 3261 §8.1.3.5, RFC 6442 §4.3). @returns how much of it goes along then, undefined where that changes nothing
 */
function lessOfPlace(
  call: Call,
  leg: Leg,
  {
    inviting: { place },
    failure: { cause, status },
  }: { readonly inviting: Inviting; readonly failure: RequestFailure },
): PlaceTold | undefined {
  if (cause !== 'response' || place === 'nothing' || !tellsOfPlace(call, leg)) return undefined;
  if (leg.isEmergency && status === BAD_LOCATION) return 'nothing';
  if (place !== 'all' || placesFor(call, leg).length === 0) return undefined;
  const isOfBody = leg.isEmergency ? status >= 400 && !WHATEVER_IT_SAYS.has(status) : status === UNSUPPORTED_MEDIA_TYPE;
  return isOfBody ? 'by-reference' : undefined;
}

/** With every protection anew: which of them it takes is not known of a peer that refused the body. */
function tellLess(
  parts: CallParts,
  call: Call,
  leg: Leg,
  { inviting, failure }: { readonly inviting: Inviting; readonly failure: RequestFailure },
): void {
  if (failure.response !== undefined) leg.placeRefused = placeRefusal(call, leg, failure.response);
  parts.ladders.note(call, remarks.placeLeftOut(wordsOf(failure), leg.legId));
  if (leg.state === 'trying' && inviting.encryptions.length === inviting.protections.length) {
    sendInvite(parts, call, leg, inviting);
    return;
  }
  inviting.encryptions = inviting.protections;
  void offerAgain(parts, call, leg, { inviting, failure });
}

/** The phone takes no media like that: asked once more, it may take it protected in another way (RFC 3261 §21.4.26). */
async function offerOtherwise(
  parts: CallParts,
  call: Call,
  leg: Leg,
  { inviting, failure }: { readonly inviting: Inviting; readonly failure: RequestFailure },
): Promise<void> {
  inviting.encryptions = inviting.encryptions.slice(1);
  const [next] = inviting.encryptions;
  if (next !== undefined) parts.ladders.note(call, remarks.offeredOtherwise(leg.legId, wordsOf(failure), next));
  await offerAgain(parts, call, leg, { inviting, failure });
}

function wordsOf({ status, response, reason }: RequestFailure): string {
  return `${status} ${response?.reason ?? reason}`;
}

/** With an offer of its own. */
async function offerAgain(
  parts: CallParts,
  call: Call,
  leg: Leg,
  { inviting, failure }: { readonly inviting: Inviting; readonly failure: RequestFailure },
): Promise<void> {
  call.early?.gone(leg);
  await parts.media.close(leg);
  const offered = leg.live ? await offerMedia(parts, call, leg, inviting) : undefined;
  if (offered?.ok !== true) inviting.listener.rejected(leg, failure);
}

/** One address of each family in which a trunk is reached, in the order in which they are tried (RFC 3263 §4.2, RFC 7984 §4.2). */
async function placesOf({ userAgent }: CallParts, { target }: Reach): Promise<string[]> {
  const addresses = await userAgent.addressesOf(target);
  const firstOf = (address: string): string | undefined => addresses.find((other) => isIPv6(other) === isIPv6(address));
  return addresses.filter((address) => firstOf(address) === address);
}

/** An offer names an address of one family: servers of the other one are called with an offer of theirs. */
function familyToDial({ places: [place], isOfBoth }: Inviting): 4 | 6 | undefined {
  if (place === undefined || !isOfBoth) return undefined;
  return isIPv6(place) ? 6 : 4;
}

/** Whether it says nothing of who is called (RFC 3263 §4.3): a server of the other family may do. */
function isOfServer({ cause, status }: RequestFailure): boolean {
  return cause === 'transport' || cause === 'timeout' || status === SERVICE_UNAVAILABLE;
}

/** Skips flows that are known to be gone. */
function firstReachable(parts: CallParts, way: LegWay, secure: boolean): LegWay {
  if (way.kind === 'trunk' || way.others === undefined || way.others.length === 0) return way;
  const flows = [way.binding, ...way.others];
  const at = flows.findIndex((binding) => reachBinding(parts.userAgent, binding, secure) !== undefined);
  const binding = flows[at];
  return binding === undefined ? way : { kind: 'device', binding, others: flows.slice(at + 1) };
}

/** RFC 5626 §7: a flow that has failed is a binding no more, and the next one to the same phone is tried. */
function otherFlow(
  parts: CallParts,
  way: LegWay,
  { failure: { status, cause }, secure }: { readonly failure: RequestFailure; readonly secure: boolean },
): LegWay | undefined {
  if (way.kind === 'trunk' || way.binding.regId === null || (status !== FLOW_FAILED && cause !== 'transport'))
    return undefined;
  void parts.registrar.remove([way.binding], 'flow-broken');
  const [binding, ...others] = way.others ?? [];
  return binding === undefined ? undefined : firstReachable(parts, { kind: 'device', binding, others }, secure);
}

function reachOf(parts: CallParts, call: Call, leg: Leg, way: LegWay): Reach | undefined {
  if (way.kind === 'trunk') {
    const { target, credentials, to } = parts.trunks.reach(way.trunk, way.number, call.secure && !leg.isEmergency);
    return { target, flow: undefined, route: undefined, credentials, to };
  }
  const reach = reachBinding(parts.userAgent, way.binding, call.secure);
  if (reach === undefined) return undefined;
  const { target, flow, route, secure, trustsFlow } = reach;
  const user = leg.party.number || way.binding.device.sipUsername;
  const to = `<${sipUri({ user, host: call.domain, scheme: call.secure ? 'sips' : 'sip' })}>`;
  return { target, flow, route, secure, trustsFlow, credentials: undefined, to };
}

/** One hop less than the call came with, so that phones which forward to each other in a ring come to an end (RFC 3261 §16.6). */
function hopsLeft({ led }: Call): number | undefined {
  const hops = led?.origin.kind === 'incoming' ? led.origin.invite.request.maxForwards : undefined;
  return hops === undefined ? undefined : Math.max(0, hops - 1);
}
