import type { Party } from '@carillon/contracts';
import { buildNameAddress, sipUri, type SipResponse } from '@carillon/sip-message';
import type { InviteSession, RequestFailure } from '@carillon/sip-stack';
import type { Binding } from '../../registrar/binding.js';
import { reachBinding } from '../../registrar/reach-binding.js';
import type { Call } from '../call.js';
import type { MediaOutcome } from '../call-media.js';
import type { CallParts } from '../call-parts.js';
import type { Leg } from '../leg.js';

export interface DeviceInvitation {
  readonly binding: Binding;
  /** Whom the phone shows as the caller. */
  readonly shown: Party;
  readonly progress: (response: SipResponse, sdp: string | undefined) => void;
  readonly accepted: (session: InviteSession, sdp: string | undefined) => void;
  readonly rejected: (failure: RequestFailure) => void;
}

/** Calls one registered contact with an offer of ours. Not ok where it cannot even be tried. */
export async function inviteDevice(
  parts: CallParts,
  call: Call,
  leg: Leg,
  invitation: DeviceInvitation,
): Promise<MediaOutcome> {
  const { binding, shown } = invitation;
  const reach = reachBinding(parts.userAgent, binding);
  if (reach === undefined) return { ok: false, code: 'CALL.UNREACHABLE' };
  const directory = await parts.directories.of(call.organisationId);
  if (directory === undefined) return { ok: false, code: 'CALL.UNREACHABLE' };
  const preferCodecsOf = call.led?.endpoint;
  const opened = await parts.media.open(call, leg, preferCodecsOf === undefined ? {} : { preferCodecsOf });
  if (!opened.ok) return opened;
  leg.offer = opened.sdp;
  const invite = parts.userAgent.invite({
    ...reach,
    // The caller as we know it, never as its phone put it.
    from: buildNameAddress({
      displayName: shown.name ?? undefined,
      uri: sipUri({ user: shown.number === '' ? 'anonymous' : shown.number, host: directory.sipDomain }),
    }),
    to: buildNameAddress({
      uri: sipUri({ user: leg.party.number || binding.device.sipUsername, host: directory.sipDomain }),
    }),
    sdp: opened.sdp,
    ...hopsLeft(call),
    ...(shown.number === '' ? {} : { contactUser: shown.number }),
  });
  if (leg.origin.kind === 'outgoing') leg.origin.invite = invite;
  invite.on('progress', invitation.progress);
  invite.on('accepted', (session, _response, sdp) => invitation.accepted(session, sdp));
  invite.on('rejected', invitation.rejected);
  return { ok: true };
}

/** One hop less than the call came with, so that phones which forward to each other in a ring come to an end (RFC 3261 §16.6). */
function hopsLeft({ led }: Call): { maxForwards?: number } {
  const hops = led?.origin.kind === 'incoming' ? led.origin.invite.request.maxForwards : undefined;
  return hops === undefined ? {} : { maxForwards: Math.max(0, hops - 1) };
}
