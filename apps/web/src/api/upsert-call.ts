import type { LiveCall } from '@carillon/contracts';

/** Puts a call's newer revision into a list of live calls. A call that ended leaves it, a stale revision changes nothing. */
export function upsertCall(calls: readonly LiveCall[], call: LiveCall): LiveCall[] {
  const known = calls.find((one) => one.callId === call.callId);
  if (known !== undefined && known.revision >= call.revision) return [...calls];
  const others = calls.filter((one) => one.callId !== call.callId);
  return call.state === 'ended' ? others : [call, ...others].toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
}

/** True where the user is one of the call's ends or one of its legs rings at them. */
export function callConcerns(call: LiveCall, userId: string): boolean {
  return call.from.userId === userId || call.to.userId === userId || call.legs.some((leg) => leg.userId === userId);
}
