import type { IncomingInvite } from '@carillon/sip-stack';
import { partyOf, type Caller } from '../../inbound/caller.js';
import { statusOfCode } from '../call-failure.js';
import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { newSessionUuid, readSessionUuid } from '../headers/session-identifier.js';
import type { Presented } from '../identity/present-party.js';
import { Leg } from '../leg.js';
import { announceParty } from './announce-party.js';
import { answerLeg } from './answer-leg.js';
import { endLeg } from './end-leg.js';
import { stopHoldMusic } from './hold-music.js';
import { otherLeg } from './other-leg.js';

interface Taker {
  readonly invite: IncomingInvite;
  readonly caller: Caller;
  readonly presented: Presented;
}

/**
 * INVITE with Replaces (RFC 3891): a member picks up a call that rings elsewhere, or takes over one that is answered,
 * where the call is the member's own or of a group that both are in.
 */
export async function takeOver(parts: CallParts, { invite, caller, presented }: Taker): Promise<void> {
  const { replaces } = invite;
  const found = replaces === undefined ? undefined : parts.calls.findBySession(replaces.session);
  if (found === undefined || found.call.organisationId !== caller.directory.organisationId) {
    invite.reject(481);
    return;
  }
  const { call, leg: replaced } = found;
  if (!mayTakeOver(caller, call, replaced)) {
    invite.reject(403, { reason: 'Not your call' });
    return;
  }
  const leg = new Leg(replaced.role, partyOf(caller.user), caller.device.deviceId, { kind: 'incoming', invite });
  leg.presented = presented;
  leg.sessionUuid = readSessionUuid(invite.request) ?? newSessionUuid();
  call.legs.push(leg);
  parts.ladders.join(call, leg, { sipCallId: invite.callId, device: caller.device.name });
  invite.onCancelled(() => void endLeg(parts, leg, { reason: 'Cancelled' }));
  const { offer, source } = invite;
  const opened = await parts.media.open(call, leg, offer === undefined ? { towards: source.address } : { offer });
  if (opened.ok && invite.offer === undefined) leg.offer = opened.sdp;
  const taken = opened.ok && (await takePlace(parts, call, { leg, replaced }));
  if (!taken)
    await endLeg(parts, leg, {
      reason: 'Could not be taken over',
      sipStatus: opened.ok ? 481 : statusOfCode(opened.code),
    });
  parts.calls.updated(call);
}

async function takePlace(
  parts: CallParts,
  call: Call,
  { leg, replaced }: { leg: Leg; replaced: Leg },
): Promise<boolean> {
  if (call.ringing?.has(replaced) === true) return pickUp(parts, call, leg);
  const other = otherLeg(call, replaced);
  if (other === undefined || replaced.state !== 'answered') return false;
  const wasLed = call.led === replaced;
  // Before the stack ends what is replaced: that must not end the call.
  if (wasLed) call.led = leg;
  else call.peer = leg;
  const answered = await answerLeg(parts, call, leg, { callee: other });
  if (!answered.ok) {
    if (wasLed) call.led = replaced;
    else call.peer = replaced;
    return false;
  }
  await parts.media.connect(other, leg);
  const wasHeld = replaced.hold !== 'none';
  if (wasHeld) stopHoldMusic(parts, other);
  announceParty(parts, call, { to: other, about: leg, ledByOthers: true, wasHeld });
  return true;
}

/** The one who picks up is connected with the caller as a phone that rang would be. */
async function pickUp(parts: CallParts, call: Call, leg: Leg): Promise<boolean> {
  const answered = await answerLeg(parts, call, leg, call.led === undefined ? {} : { callee: call.led });
  // Answered, or given up, while this was on its way.
  return answered.ok && call.ringing?.pickUp(leg) === true;
}

function mayTakeOver({ user, directory }: Caller, call: Call, { party }: Leg): boolean {
  if (party.userId === null) return false;
  if (party.userId === user.userId) return true;
  return [...directory.groups.values()].some(
    ({ memberIds, extension }) =>
      memberIds.includes(user.userId) &&
      (memberIds.includes(party.userId ?? user.userId) || extension === call.to.number),
  );
}
