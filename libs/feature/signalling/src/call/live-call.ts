import type { LiveCall, LiveLeg } from '@carillon/contracts';
import type { UserId } from '@carillon/domain';
import type { Call } from './call.js';
import type { Leg } from './leg.js';

/** The call as the contracts show it. */
export function liveCallOf(call: Call): LiveCall {
  return {
    callId: call.callId,
    organisationId: call.organisationId,
    direction: call.direction,
    from: call.from,
    to: call.to,
    state: call.state,
    startedAt: call.times.started,
    answeredAt: call.times.answered,
    endedAt: call.times.ended,
    revision: call.revision,
    legs: call.legs.map(liveLegOf),
    outcome: call.outcome,
    endReason: call.endReason,
    sipStatus: call.sipStatus,
  };
}

/** Everyone whose history it belongs to, each once. */
export function involvedUsers({ from, to, legs }: LiveCall): UserId[] {
  const users: UserId[] = [];
  const add = (userId: UserId | null): void => {
    if (userId !== null && !users.includes(userId)) users.push(userId);
  };
  add(from.userId);
  add(to.userId);
  for (const { userId } of legs) add(userId);
  return users;
}

function liveLegOf(leg: Leg): LiveLeg {
  return {
    legId: leg.legId,
    role: leg.role,
    number: leg.party.number,
    userId: leg.party.userId,
    deviceId: leg.deviceId,
    state: leg.state,
    reason: leg.reason,
    sipStatus: leg.sipStatus,
  };
}
