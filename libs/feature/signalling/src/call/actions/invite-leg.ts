import type { OfferedEncryption } from '@carillon/contracts';
import type { SipResponse } from '@carillon/sip-message';
import type { InviteProgress, InviteSession, RequestFailure } from '@carillon/sip-stack';
import { remarks } from '../../ladder/remarks.js';
import { presentOnTrunk } from '../../trunks/present-on-trunk.js';
import { mustEncrypt } from '../../trunks/trunk-encryption.js';
import { TrunkRedirects } from '../../trunks/trunk-redirects.js';
import type { Call } from '../call.js';
import { isRedirection } from '../call-failure.js';
import type { MediaOutcome } from '../call-media.js';
import type { CallParts } from '../call-parts.js';
import { callsForHelp } from '../calls-for-help.js';
import { tellOfPlace, type PlaceTold } from '../headers/conveyed-location.js';
import { audienceOf, inviteHeaders, placeRefusal, placesFor } from '../headers/leg-headers.js';
import { isHidden, presentFrom, type Presented } from '../identity/present-party.js';
import type { Leg } from '../leg.js';
import { deviceManners } from './device-manners.js';
import { encryptionsToTry } from './encryptions-to-try.js';
import { notAcceptable } from './end-leg.js';
import { firstReachable, otherFlow, reachOf, type LegWay, type Reach } from './leg-way.js';
import { lessOfPlace } from './less-of-place.js';
import { addressOfEachFamily, familyOf, isOfServer } from './server-families.js';
import { unheardBecause } from './unheard-because.js';

const NOT_ACCEPTABLE_HERE = 488;
/** RFC 3261 §21.4.26, §21.6.4. */
const NOT_ACCEPTABLE: ReadonlySet<number> = new Set([NOT_ACCEPTABLE_HERE, 606]);
/** A 6xx speaks for everywhere else, too (§21.6). */
const GLOBAL_FAILURES = 600;

/** Who hears what becomes of the INVITE to a leg. */
export interface LegListener {
  /** The time for a first answer begins anew: an INVITE goes out that has its own, or who had it before has answered. */
  timeAnew(leg: Leg): void;
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
  /** Silence is waited out for this long, by all the servers that are asked together; undefined leaves it to Timer B. */
  readonly firstAnswerSeconds?: number | undefined;
}

/** A leg that is being invited; its way and its protection change where the first are refused. */
interface Inviting {
  readonly shown: Presented;
  readonly listener: LegListener;
  readonly profiles: Parameters<typeof deviceManners>[1];
  readonly firstAnswerSeconds: number | undefined;
  way: LegWay;
  reach: Reach;
  /** How much of the caller's place goes along, where it may at all. */
  place: PlaceTold;
  /** Of a trunk: an address of each family that its name leads to and that is still to be tried. */
  addresses: readonly string[];
  /** They were of both. */
  isOfBoth: boolean;
  /** Where its answers have sent the call on to. */
  redirects: TrunkRedirects | undefined;
  /** By when somebody has to answer, by the clock; undefined until an INVITE goes out, and again where one was answered. */
  answerBy: number | undefined;
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
  { way: wanted, shown, listener, firstAnswerSeconds }: LegInvitation,
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
  const addresses = way.kind === 'trunk' ? await addressOfEachFamily(parts.userAgent, reach.target) : [];
  // Given up meanwhile: nobody hears what becomes of it.
  if (!leg.live) return GIVEN_UP;
  return offerMedia(parts, call, leg, {
    shown,
    listener,
    profiles,
    firstAnswerSeconds,
    way,
    reach,
    place: (way.kind === 'trunk' ? way.place : undefined) ?? 'all',
    addresses,
    isOfBoth: addresses.length > 1,
    redirects: undefined,
    answerBy: undefined,
    encryptions,
    protections: encryptions,
  });
}

/** Invites with the first of the protections; those behind it are for who refuses that one. */
async function offerMedia(parts: CallParts, call: Call, leg: Leg, inviting: Inviting): Promise<MediaOutcome> {
  const opened = await parts.media.open(call, leg, {
    preferCodecsOf: call.led?.endpoint,
    encryption: inviting.encryptions[0],
    mustEncrypt: mustEncrypt(leg.trunk),
    towards: inviting.reach.flow?.remoteAddress ?? inviting.addresses[0],
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
    elsewhere: inviting.addresses.length > 1 || inviting.redirects?.hasMore === true,
    answerWithinMilliseconds: timeForAnswer(parts, leg, inviting),
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
  giveTimeAnew(leg, inviting);
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
  // Who answers is given time anew; silence and closed ports share what there is.
  if (failure.cause === 'response') giveTimeAnew(leg, inviting);
  if (leg.live && NOT_ACCEPTABLE.has(failure.status) && inviting.encryptions.length > 1) {
    void offerOtherwise(parts, call, leg, { inviting, failure });
    return;
  }
  if (leg.live && inviting.addresses.length > 1 && isOfServer(failure)) {
    inviting.addresses = inviting.addresses.slice(1);
    void offerAgain(parts, call, leg, { inviting, failure });
    return;
  }
  const less = leg.live ? lessOfPlace(call, leg, { told: inviting.place, failure }) : undefined;
  if (less !== undefined) {
    inviting.place = less;
    tellLess(parts, call, leg, { inviting, failure });
    return;
  }
  const { way } = inviting;
  if (leg.live && way.kind === 'trunk' && (isRedirection(failure.status) || inviting.redirects !== undefined)) {
    void askElsewhere(parts, call, leg, { inviting, failure, way });
    return;
  }
  const other = leg.live ? otherFlow(parts, way, { failure, secure: call.secure }) : undefined;
  const again = other === undefined ? undefined : reachOf(parts, call, leg, other);
  if (other === undefined || again === undefined) {
    inviting.listener.rejected(leg, failure);
    return;
  }
  inviting.way = other;
  inviting.reach = again;
  sendInvite(parts, call, leg, inviting);
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

/** Where the provider has sent the call on to (RFC 3261 §8.1.3.4); what it named last counts for the caller where nobody is left. */
async function askElsewhere(
  parts: CallParts,
  call: Call,
  leg: Leg,
  {
    inviting,
    failure,
    way,
  }: { readonly inviting: Inviting; readonly failure: RequestFailure; readonly way: LegWay & { kind: 'trunk' } },
): Promise<void> {
  const { reach, listener } = inviting;
  const asked = { uri: reach.target, number: way.number };
  inviting.redirects ??= new TrunkRedirects(parts, way.trunk, asked);
  if (isRedirection(failure.status) && failure.response !== undefined) {
    for (const { uri, why } of await inviting.redirects.take(failure.response))
      parts.ladders.note(call, remarks.notSentOn(leg.legId, uri, why));
  }
  const next = leg.live && failure.status < GLOBAL_FAILURES ? inviting.redirects.next() : undefined;
  if (next === undefined) {
    listener.rejected(leg, failure);
    return;
  }
  const [proxy] = next.route ?? [];
  parts.ladders.note(call, remarks.sentOn(leg.legId, wordsOf(failure), proxy ?? next.uri));
  inviting.reach = { ...reach, target: next.uri, route: next.route };
  inviting.addresses = await addressOfEachFamily(parts.userAgent, proxy ?? next.uri);
  inviting.isOfBoth = inviting.addresses.length > 1;
  inviting.encryptions = inviting.protections;
  await offerAgain(parts, call, leg, { inviting, failure });
}

function familyToDial({ addresses: [address], isOfBoth }: Inviting): 4 | 6 | undefined {
  return address === undefined || !isOfBoth ? undefined : familyOf(address);
}

/** From now on, since names may have to be looked up before the next INVITE, and again from that one on. */
function giveTimeAnew(leg: Leg, inviting: Inviting): void {
  inviting.answerBy = undefined;
  if (inviting.firstAnswerSeconds !== undefined) inviting.listener.timeAnew(leg);
}

/** What is left of the time for a first answer; it begins with the INVITE. */
function timeForAnswer({ clock }: CallParts, leg: Leg, inviting: Inviting): number | undefined {
  const { firstAnswerSeconds, listener } = inviting;
  if (firstAnswerSeconds === undefined) return undefined;
  const now = clock.now();
  if (inviting.answerBy === undefined) {
    inviting.answerBy = now + firstAnswerSeconds * 1000;
    listener.timeAnew(leg);
  }
  return inviting.answerBy - now;
}

/** One hop less than the call came with, so that phones which forward to each other in a ring come to an end (RFC 3261 §16.6). */
function hopsLeft({ led }: Call): number | undefined {
  const hops = led?.origin.kind === 'incoming' ? led.origin.invite.request.maxForwards : undefined;
  return hops === undefined ? undefined : Math.max(0, hops - 1);
}
