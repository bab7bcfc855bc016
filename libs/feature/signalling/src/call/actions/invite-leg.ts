import type { MediaEncryption } from '@carillon/domain';
import { buildNameAddress, sipUri, type SipResponse } from '@carillon/sip-message';
import type { InviteProgress, InviteSession, RequestFailure, RequestTarget } from '@carillon/sip-stack';
import type { Binding } from '../../registrar/binding.js';
import { reachBinding } from '../../registrar/reach-binding.js';
import { presentOnTrunk } from '../../trunks/present-on-trunk.js';
import type { Trunk } from '../../trunks/trunk.js';
import type { Call } from '../call.js';
import type { MediaOutcome } from '../call-media.js';
import type { CallParts } from '../call-parts.js';
import { audienceOf, inviteHeaders } from '../headers/leg-headers.js';
import { isHidden, presentFrom, type Presented } from '../identity/present-party.js';
import type { Leg } from '../leg.js';
import { deviceManners } from './device-manners.js';
import { encryptionsToTry } from './encryptions-to-try.js';

/** RFC 5626 §11.5 */
const FLOW_FAILED = 430;
const NOT_ACCEPTABLE_HERE = 488;

/** The way to who is called: a registered contact, or a number over a trunk. */
export type LegWay =
  /** `others`: further flows to the same phone, tried one after the other where a flow has failed (RFC 5626 §7). */
  | { readonly kind: 'device'; readonly binding: Binding; readonly others?: readonly Binding[] }
  | { readonly kind: 'trunk'; readonly trunk: Trunk; readonly number: string };

export interface LegInvitation {
  readonly way: LegWay;
  /** Whom the phone shows as the caller. */
  readonly shown: Presented;
  readonly progress: (response: SipResponse, sdp: string | undefined, about: InviteProgress) => void;
  readonly accepted: (session: InviteSession, response: SipResponse, sdp: string | undefined) => void;
  readonly rejected: (failure: RequestFailure) => void;
}

/** Calls with an offer of ours. Not ok where it cannot even be tried. */
export async function inviteLeg(
  parts: CallParts,
  call: Call,
  leg: Leg,
  invitation: LegInvitation,
): Promise<MediaOutcome> {
  const way = firstReachable(parts, invitation.way);
  const reach = reachOf(parts, call, leg, way);
  if (reach === undefined) return { ok: false, code: 'CALL.UNREACHABLE' };
  if (way.kind === 'trunk') leg.trunk = way.trunk;
  const profiles = (await parts.directories.of(call.organisationId))?.deviceProfiles ?? [];
  const encryptions = encryptionsToTry(way, profiles);
  return offerMedia(parts, call, leg, { ...invitation, way, reach, profiles, encryptions });
}

/** Invites with the first of the protections; those behind it are for who refuses that one. */
async function offerMedia(
  parts: CallParts,
  call: Call,
  leg: Leg,
  invitation: Omit<Invitation, 'sdp'>,
): Promise<MediaOutcome> {
  const preferCodecsOf = call.led?.endpoint;
  const [encryption = 'none', ...encryptions] = invitation.encryptions;
  const opened = await parts.media.open(call, leg, {
    ...(preferCodecsOf === undefined ? {} : { preferCodecsOf }),
    encryption,
  });
  if (!opened.ok) return opened;
  leg.offer = opened.sdp;
  sendInvite(parts, call, leg, { ...invitation, encryptions, sdp: opened.sdp });
  return { ok: true };
}

type Reach = Pick<RequestTarget, 'target' | 'flow' | 'route' | 'credentials' | 'to'>;

interface Invitation extends LegInvitation {
  readonly reach: Reach;
  readonly profiles: Parameters<typeof deviceManners>[1];
  /** Still to be tried. */
  readonly encryptions: readonly MediaEncryption[];
  readonly sdp: string;
}

function sendInvite(parts: CallParts, call: Call, leg: Leg, invitation: Invitation): void {
  const { way, reach, profiles, sdp } = invitation;
  const shown = way.kind === 'trunk' ? presentOnTrunk(invitation.shown, way.trunk) : invitation.shown;
  const { number } = shown.party;
  const headers = inviteHeaders(call, leg, shown);
  const manners = way.kind === 'trunk' ? { headers } : deviceManners(way.binding, profiles, headers);
  const invite = parts.userAgent.invite({
    ...reach,
    // The caller as we know it, never as its phone put it.
    from: presentFrom(shown, audienceOf(call, leg)),
    ...manners,
    sdp,
    ...hopsLeft(call),
    ...(isHidden(shown) ? {} : { contactUser: number }),
  });
  if (leg.origin.kind === 'outgoing') leg.origin.invite = invite;
  const device = way.kind === 'trunk' ? way.trunk.name : way.binding.device.deviceName;
  parts.ladders.join(call, leg, { sipCallId: invite.callId, device });
  invite.on('progress', invitation.progress);
  invite.on('accepted', invitation.accepted);
  invite.on('rejected', (failure) => {
    if (leg.live && failure.status === NOT_ACCEPTABLE_HERE && invitation.encryptions.length > 0) {
      void offerOtherwise(parts, call, leg, { ...invitation, failure });
      return;
    }
    const other = leg.live ? otherFlow(parts, way, failure) : undefined;
    const again = other === undefined ? undefined : reachOf(parts, call, leg, other);
    if (other === undefined || again === undefined) invitation.rejected(failure);
    else sendInvite(parts, call, leg, { ...invitation, way: other, reach: again });
  });
}

/** The phone takes no media like that: asked once more, it may take it protected in another way (RFC 3261 §21.4.26). */
async function offerOtherwise(
  parts: CallParts,
  call: Call,
  leg: Leg,
  { failure, ...invitation }: Invitation & { readonly failure: RequestFailure },
): Promise<void> {
  await parts.media.close(leg);
  const offered = leg.live ? await offerMedia(parts, call, leg, invitation) : undefined;
  if (offered?.ok !== true) invitation.rejected(failure);
}

/** Skips flows that are known to be gone. */
function firstReachable(parts: CallParts, way: LegWay): LegWay {
  if (way.kind === 'trunk') return way;
  const flows = [way.binding, ...(way.others ?? [])];
  const at = flows.findIndex((binding) => reachBinding(parts.userAgent, binding) !== undefined);
  const binding = flows[at];
  return binding === undefined ? way : { kind: 'device', binding, others: flows.slice(at + 1) };
}

/** RFC 5626 §7: a flow that has failed is a binding no more, and the next one to the same phone is tried. */
function otherFlow(parts: CallParts, way: LegWay, { status, cause }: RequestFailure): LegWay | undefined {
  if (way.kind === 'trunk' || way.binding.regId === null || (status !== FLOW_FAILED && cause !== 'transport'))
    return undefined;
  void parts.registrar.remove([way.binding], 'flow-broken');
  const [binding, ...others] = way.others ?? [];
  return binding === undefined ? undefined : firstReachable(parts, { kind: 'device', binding, others });
}

function reachOf(parts: CallParts, call: Call, leg: Leg, way: LegWay): Reach | undefined {
  if (way.kind === 'trunk') return parts.trunks.reach(way.trunk, way.number);
  const reach = reachBinding(parts.userAgent, way.binding);
  const user = leg.party.number || way.binding.device.sipUsername;
  return reach && { ...reach, to: buildNameAddress({ uri: sipUri({ user, host: call.domain }) }) };
}

/** One hop less than the call came with, so that phones which forward to each other in a ring come to an end (RFC 3261 §16.6). */
function hopsLeft({ led }: Call): { maxForwards?: number } {
  const hops = led?.origin.kind === 'incoming' ? led.origin.invite.request.maxForwards : undefined;
  return hops === undefined ? {} : { maxForwards: Math.max(0, hops - 1) };
}
