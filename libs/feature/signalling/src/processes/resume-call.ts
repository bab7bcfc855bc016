import type { Privacy } from '../call/identity/privacy.js';
import { endCall } from '../call/actions/end-call.js';
import { endLeg } from '../call/actions/end-leg.js';
import { Call } from '../call/call.js';
import type { CallParts } from '../call/call-parts.js';
import { INTERRUPTED } from '../call/call-records.js';
import { Leg } from '../call/leg.js';
import { DEFAULT_CALL_POLICY } from '../routing/directory.js';
import type { CallCopy, LegCopy } from './call-copy.js';
import { GOES_ON } from './goes-on.js';

/**
 * Goes on with a call of another process: its dialogs, its media and its record stay what they were. Where one of its
 * dialogs cannot go on, the call ends, for both.
 */
export function resumeCall(parts: CallParts, copy: CallCopy): Call {
  const { organisationId, domain, privateHeaders, holdMusic, from, startedAt, callId, direction, to } = copy;
  const directory = {
    organisationId,
    sipDomain: domain,
    callPolicy: { ...DEFAULT_CALL_POLICY, privateHeaders, holdMusic },
  };
  const call = new Call({ directory, from, route: { target: to, steps: [] }, startedAt, callId, direction });
  call.apply('answer', copy.answeredAt);
  call.revision = copy.revision;
  call.control = copy.control;
  call.outcomeIfAnswered = copy.outcomeIfAnswered;
  call.history = copy.history;
  call.redirections = copy.redirections;
  call.secure = copy.secure;
  parts.ladders.begunElsewhere(callId, copy.ladderPart);
  const legs = new Map(copy.legs.map((leg) => [leg.legId, resumeLeg(parts, leg)]));
  call.legs.push(...legs.values());
  call.led = legs.get(copy.led);
  call.peer = copy.peer === null ? undefined : legs.get(copy.peer);
  parts.calls.resumed(call);
  parts.ladders.note(call, GOES_ON);
  for (const leg of call.legs) {
    const { session } = leg;
    if (!leg.live || session === undefined) continue;
    parts.ladders.join(call, leg, { sipCallId: session.id.callId, device: null });
    for (const behave of parts.behaviours) behave(parts, call, leg, session);
  }
  for (const leg of call.legs) {
    if (!leg.live || leg.session !== undefined) continue;
    if (leg === call.led || leg === call.peer) endCall(parts, call, { outcome: 'failed', reason: INTERRUPTED });
    else void endLeg(parts, leg, { reason: INTERRUPTED });
  }
  return call;
}

function resumeLeg(parts: CallParts, copy: LegCopy): Leg {
  const { legId, role, party, deviceId, presented, live } = copy;
  const leg = new Leg(role, party, deviceId, { kind: 'outgoing', invite: undefined, legId });
  // What was written is one of them.
  const privacy = new Set(presented.privacy) as Privacy;
  leg.presented = { party: presented.party, privacy };
  leg.sipStatus = copy.sipStatus;
  leg.sessionUuid = copy.sessionUuid ?? undefined;
  leg.connectedUuid = copy.connectedUuid ?? undefined;
  leg.hold = copy.hold;
  const trunk = copy.trunkId === null ? undefined : parts.trunks.find(copy.trunkId);
  leg.trunk = trunk !== undefined && copy.mustEncrypt ? { ...trunk, mediaEncryption: 'srtp' } : trunk;
  leg.apply('answer');
  if (live === null) {
    leg.apply('end');
    leg.reason = copy.reason;
    leg.stats = copy.stats;
    return leg;
  }
  leg.endpoint = live.endpoint;
  // Without its trunk nobody knows what the other side may be told.
  if (copy.trunkId !== null && leg.trunk === undefined) return leg;
  const credentials = leg.trunk === undefined ? undefined : parts.trunks.credentialsOf(leg.trunk);
  leg.session = parts.userAgent.resumeSession(live.session, credentials === undefined ? {} : { credentials });
  return leg;
}
