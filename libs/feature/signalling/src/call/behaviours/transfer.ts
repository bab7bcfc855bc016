import type { LiveCall } from '@carillon/contracts';
import { parseUri, sipUri } from '@carillon/sip-message';
import type { IncomingRefer, Referral } from '@carillon/sip-stack';
import { asksForEveryHop } from '../../inbound/asks-for-every-hop.js';
import { remarks } from '../../ladder/remarks.js';
import { normaliseNumber, routeDialled, type Route } from '../../routing/route-call.js';
import { endCall, failCall } from '../actions/end-call.js';
import { endLeg } from '../actions/end-leg.js';
import { followRoute } from '../actions/follow-route.js';
import { soundHold } from '../actions/hold-music.js';
import { joinCalls } from '../actions/join-calls.js';
import { offerAgain } from '../actions/offer-again.js';
import { otherLeg } from '../actions/other-leg.js';
import { isElsewhere } from '../actions/redirection.js';
import { endUntaken } from '../actions/end-untaken.js';
import { statusOfCode, type CallFailure } from '../call-failure.js';
import type { Call } from '../call.js';
import type { CallParts, SessionBehaviour } from '../call-parts.js';
import { isLoop, retarget } from '../history/call-history.js';
import type { Leg } from '../leg.js';

/** One of the two who talk sends the other on (REFER, RFC 3515): to a number (RFC 5589 §6), or into a second call (§7). */
export const transfer: SessionBehaviour = (parts, call, leg, session) => {
  session.on('refer', (incoming) => {
    receiveRefer(parts, call, { leg, incoming }).catch((error: unknown) => failCall(parts, call, error));
  });
};

interface Transfer {
  /** Who transfers. */
  readonly leg: Leg;
  readonly incoming: IncomingRefer;
}

async function receiveRefer(parts: CallParts, call: Call, { leg, incoming }: Transfer): Promise<void> {
  const other = otherLeg(call, leg);
  if (other === undefined) {
    incoming.reply(603, { reason: 'Nobody to transfer' });
    return;
  }
  const refused = refusalOf(parts, call, { leg, incoming });
  if (refused !== undefined) {
    incoming.reply(refused.status, { reason: refused.reason });
    return;
  }
  const { replaces } = incoming;
  const named = replaces === undefined ? undefined : await findSecond(parts, call, { leg, replaces });
  if (replaces !== undefined && named === undefined) {
    // RFC 5589 §7.3: the INVITE with Replaces that this asks for would be refused so.
    await incoming.accept().notify(481);
    return;
  }
  const second = named?.near;
  const talking = second === undefined ? undefined : otherLeg(second.call, second.leg);
  if (second !== undefined && talking?.state === 'answered') {
    await attend(parts, call, { leg, incoming, other, second: { ...second, talking } });
    return;
  }
  // The consulted party still rings, or is an application: the other one goes there in place of the transferor.
  const number = second?.call.to.number ?? named?.far?.to.number ?? referredNumber(incoming.referTo.uri);
  if (number === undefined) {
    incoming.reply(400, { reason: 'Bad Refer-To' });
    return;
  }
  const directory = await parts.directories.of(call.organisationId);
  const who = { callerUserId: other.party.userId, payerUserId: leg.party.userId };
  const route = directory === undefined ? undefined : routeDialled(directory, number, who);
  if (route === undefined || route.steps.length === 0 || isLoop(call.history, number)) {
    incoming.reply(statusOfCode('CALL.NO_ROUTE'));
    return;
  }
  const referral = incoming.accept();
  if (second !== undefined)
    endCall(parts, second.call, { outcome: 'cancelled', reason: 'Transferred', sipStatus: 487 });
  else if (named?.far !== undefined) await parts.far?.hangUp(named.far, 'Transferred');
  const secure = call.secure || asksForEveryHop(incoming.referTo.uri, incoming, directory?.deviceProfiles ?? []);
  await sendOn(parts, call, { leg, other, route, referral, number, referredBy: referrer(call, leg, incoming), secure });
}

/** What we would get wrong: another request than a call (RFC 3515 §2.4.2), or a call to a domain that we do not reach. */
function refusalOf(
  { ownHosts }: CallParts,
  { domain }: Call,
  { leg, incoming: { referTo, replaces } }: Transfer,
): { readonly status: number; readonly reason: string } | undefined {
  if (referTo.method !== 'INVITE') return { status: 603, reason: 'Only INVITE is sent for others' };
  // With Replaces the dialog says who is meant; what a provider names in its own domain is a number to us.
  if (replaces !== undefined || leg.trunk !== undefined || !isElsewhere(referTo.uri, domain, ownHosts))
    return undefined;
  return { status: 404, reason: 'Unknown domain' };
}

interface SecondCall {
  readonly near?: { readonly call: Call; readonly leg: Leg };
  /** Rings still, or is an application's, in another process. */
  readonly far?: LiveCall;
}

/** The call that is named must be the transferor's own. An answered one of another process comes here first. */
async function findSecond(
  parts: CallParts,
  { organisationId }: Call,
  { leg, replaces }: { leg: Leg; replaces: NonNullable<IncomingRefer['replaces']> },
): Promise<SecondCall | undefined> {
  const { userId } = leg.party;
  const near = parts.calls.findByDialog(organisationId, replaces);
  if (near !== undefined) {
    const isOwn = leg !== near.leg && userId !== null && near.leg.party.userId === userId;
    return isOwn ? { near } : undefined;
  }
  const far = parts.far?.find(organisationId, replaces);
  if (far === undefined || userId === null || far.leg.userId !== userId) return undefined;
  const brought = await parts.far?.bring(parts, far.call);
  const here = brought?.legs.find(({ legId, live }) => live && legId === far.leg.legId);
  return brought === undefined || here === undefined ? { far: far.call } : { near: { call: brought, leg: here } };
}

interface AttendedTransfer extends Transfer {
  readonly other: Leg;
  readonly second: { readonly call: Call; readonly leg: Leg; readonly talking: Leg };
}

/** Attended: both who were talked to hear each other from now on. Where that cannot be, everything stays as it was. */
async function attend(parts: CallParts, call: Call, { leg, incoming, other, second }: AttendedTransfer): Promise<void> {
  const referral = incoming.accept();
  parts.ladders.note(call, remarks.transferred(leg.legId, second.talking.party.number));
  const joined = await joinCalls(parts, { call, leaving: leg, staying: other }, second);
  await referral.notify(joined ? 200 : 503);
  if (joined) await endLeg(parts, leg, { reason: 'Transferred' });
  parts.calls.updated(call);
}

interface BlindTransfer {
  readonly leg: Leg;
  readonly other: Leg;
  readonly route: Route;
  readonly number: string;
  readonly referral: Referral;
  readonly referredBy: string;
  /** It may be called by `sips:` alone, as it was asked for (RFC 5630 §5.1.1). */
  readonly secure: boolean;
}

async function sendOn(parts: CallParts, call: Call, blind: BlindTransfer): Promise<void> {
  const { leg, other, route, number, referral, referredBy } = blind;
  parts.ladders.note(call, remarks.transferred(leg.legId, number));
  const { secure } = call;
  call.secure = blind.secure;
  call.led = other;
  call.peer = undefined;
  call.referredBy = referredBy;
  call.referral = referral;
  call.transferor = leg;
  call.history = retarget(call.history, { domain: call.domain, number, diverts: false });
  const done = (status: number): Promise<unknown> => {
    call.referredBy = undefined;
    call.referral = undefined;
    call.transferor = undefined;
    return referral.notify(status);
  };
  // Who was put on hold to be transferred hears what comes next.
  if (leg.hold !== 'none') void offerAgain(parts, other, { direction: 'sendrecv' });
  await parts.media.disconnect(other);
  await followRoute(parts, call, route, {
    taken: () => {
      // The BYE comes after the last news: a phone reads none of a dialog that has ended.
      void done(200)
        .then(() => endLeg(parts, leg, { reason: 'Transferred' }))
        .then(() => parts.calls.updated(call));
    },
    exhausted: (failure) => {
      call.secure = secure;
      void done(failure.sipStatus);
      return bringBack(parts, call, { leg, other, failure });
    },
  });
}

/** Nobody took the transferred party: back to who sent it, if still there. */
async function bringBack(
  parts: CallParts,
  call: Call,
  { leg, other, failure }: { leg: Leg; other: Leg; failure: CallFailure },
): Promise<void> {
  await parts.media.stopPlaying(other);
  const connected = leg.live ? await parts.media.connect(other, leg) : { ok: false };
  if (connected.ok) {
    call.peer = leg;
    // Who sent it on holds it still.
    if (leg.hold !== 'none') soundHold(parts, call, { held: other, by: leg });
  } else endUntaken(parts, call, failure);
}

/** As the phone says it (RFC 3892 §2.1), where that is its own address; else as we know it. */
function referrer(call: Call, leg: Leg, { referredBy, request }: IncomingRefer): string {
  const own = sipUri({ user: leg.party.number, host: call.domain });
  const written = request.header('Referred-By');
  return written !== undefined && written.length <= 512 && referredBy?.uri === own ? written : `<${own}>`;
}

function referredNumber(text: string): string | undefined {
  const uri = parseUri(text);
  if (uri?.scheme === 'tel') return uri.number;
  if ((uri?.scheme !== 'sip' && uri?.scheme !== 'sips') || uri.user === undefined) return undefined;
  return normaliseNumber(uri.user).slice(0, 64);
}
